# outcome: clean
import json


def target():
    text = json.dumps({"rows": [{"id": i, "name": f"row {i}", "value": i / 3} for i in range(20)]})
    return len(json.loads(text)["rows"])
