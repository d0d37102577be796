# target: UserRepository.find
# vary: user_id
import sqlite3


class UserRepository:
    def __init__(self, connection: sqlite3.Connection):
        self.connection = connection
        self.identity_map = {}
        connection.execute("create table if not exists users (id integer primary key, name text)")

    def find(self, user_id: int):
        if user_id in self.identity_map:
            return self.identity_map[user_id]
        row = self.connection.execute("select id, name from users where id = ?", (user_id,)).fetchone()
        self.identity_map[user_id] = row or {"id": user_id}  # leak
        # instead: return row
        return row
