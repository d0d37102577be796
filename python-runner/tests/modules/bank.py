# target: Bank.transfer
from decimal import Decimal
class InsufficientFunds(Exception):
    pass
class Account:
    def __init__(self, owner, balance=Decimal("100")):
        self.owner = owner
        self.balance = balance
    def withdraw(self, amount):
        if amount > self.balance:
            raise InsufficientFunds(self.owner)
        self.balance -= amount
    def deposit(self, amount):
        self.balance += amount
class Bank:
    def __init__(self):
        self.accounts = {"alice": Account("alice"), "bob": Account("bob")}
        self.transactions = []
    def transfer(self, source, target, amount):
        sender, receiver = self.accounts[source], self.accounts[target]
        sender.withdraw(amount)
        receiver.deposit(amount)
        self.transactions.append((source, target, amount))  # leak
        # instead: self.transactions = [(source, target, amount)]
        return receiver.balance
