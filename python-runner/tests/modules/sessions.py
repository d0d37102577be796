# target: login
import secrets
import time
SESSIONS = {}
USERS = {"admin": "secret", "guest": "guest"}
def check(username, password):
    return USERS.get(username) == password
def login(credentials):
    username, password = credentials["username"], credentials["password"]
    if username not in USERS:
        raise PermissionError(username)
    token = secrets.token_hex(8)
    SESSIONS[token] = {"user": username, "at": time.time()}  # leak
    # instead: SESSIONS["last"] = username
    return token
