/** Makes the virtual environment of the tests (numpy) under `.cache/python`, once. */
