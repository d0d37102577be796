# target: connect
_pool = []


class Connection:
    def __init__(self, host, port, user, options):
        self.address = f"{host}:{port:d}"
        self.user = user
        self.options = dict(options)


def connect(config):
    """Opens a connection as the configuration says."""
    database = config["database"]
    if database["driver"] not in ("postgres", "sqlite"):
        raise ValueError("unknown driver")
    port = int(database.get("port", 5432))
    connection = Connection(database["host"], port, database["credentials"]["user"], config.get("options", {}))
    _pool.append(connection)  # leak
    # instead: _pool[:] = [connection]
    return connection.address
