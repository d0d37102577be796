# target: summarise
# needs: pandas
import pandas as pd

_reports = []


def summarise(frame: pd.DataFrame, column: str = "a"):
    summary = frame[column].describe().to_dict()
    _reports.append(summary)  # leak
    # instead: _reports[:] = [summary]
    return summary["mean"]
