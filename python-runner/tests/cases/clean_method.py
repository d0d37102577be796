# outcome: clean, target: Account.deposit
class Account:
    def __init__(self, owner: str):
        self.owner = owner
        self.balance = 0

    def deposit(self, amount: int):
        self.balance += amount
        return self.balance > 0
