# target: PriceBook.quote
from datetime import date, timedelta
class PriceBook:
    """Prices by product and day."""
    def __init__(self, prices):
        self.prices = prices
        self.quotes = []
    def quote(self, product, when, quantity=1):
        entry = self.prices[product]
        base = entry["base"] * quantity
        if when.weekday() >= 5:
            base *= 1 + entry["weekend"]
        until = when + timedelta(days=14)
        self.quotes.append((product, until, base))  # leak
        # instead: self.quotes = [(product, until)]
        return round(base, 2)
