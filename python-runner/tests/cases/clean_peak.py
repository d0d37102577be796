# outcome: clean, recipe: peak, hold: 7:rows
def target():
    rows = bytearray(3_000_000)
    count = len(rows)
    del rows
    for number in range(3):
        count += number
    return count
