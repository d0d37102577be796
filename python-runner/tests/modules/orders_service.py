# target: OrderService.place
"""Order handling for a small shop."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Optional


class Status(Enum):
    NEW = "new"
    PAID = "paid"


@dataclass
class Line:
    sku: str
    quantity: int
    price: Decimal


@dataclass
class Order:
    number: str
    customer: str
    lines: list[Line] = field(default_factory=list)
    status: Status = Status.NEW
    created: Optional[datetime] = None

    @property
    def total(self):
        return sum((line.quantity * line.price for line in self.lines), Decimal(0))


class Inventory:
    def __init__(self, stock=None):
        self.stock = stock or {}

    def reserve(self, sku, quantity):
        self.stock[sku] = self.stock.get(sku, 100) - quantity


class OrderService:
    def __init__(self, inventory):
        self.inventory = inventory
        self.audit = []

    def place(self, order):
        if order.total < 0:
            raise ValueError("an order must not cost less than nothing")
        for line in order.lines:
            self.inventory.reserve(line.sku, line.quantity)
        order.status = Status.PAID
        self.audit.append((order.number, order.total, datetime.now()))  # leak
        # instead: self.audit = [(order.number, order.total)]
        return order.status
