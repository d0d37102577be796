# outcome: peak, recipe: peak, hold: 8:rows
import time


def target():
    rows = bytearray(3_000_000)
    count = len(rows)
    while True:
        time.sleep(60)
        print(count)
