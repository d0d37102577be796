from shop.called import Ticket, stamped, tested


def test_tested():
    number = 4200
    with raises(ValueError):
        tested("no", 1)
    assert tested("aaa", second=number) == 4200


def test_stamped():
    assert stamped(Ticket("AB")) == "AB!"
