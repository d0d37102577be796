# outcome: clean
def target():
    class Row:
        __slots__ = ("a", "b")

        def total(self):
            return self.a + self.b

    row = Row()
    row.a, row.b = 1, 2
    return row.total()
