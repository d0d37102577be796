"""Memory that is free but stays with the process, and memory that goes back."""

_sample = []


def index_documents(count: int):
    """One of 40 buffers survives, and pins the pages around it."""
    documents = [bytearray(700 + 41 * (number % 80)) for number in range(12_000)]
    _sample[:] = documents[::40]
    return len(documents)


# fragmentation fragmentation | target: index_documents
def case_few_survivors_among_buffers(number):
    return index_documents(1)


_rows = []


def load_rows(count: int):
    rows = [(number, number + 1) for number in range(400_000)]
    _rows[:] = rows[::500]
    return len(rows)


# fragmentation fragmentation | target: load_rows
def case_few_survivors_among_tuples(number):
    return load_rows(1)


_words = []


def tokenize(count: int):
    """Short texts of many lengths; every hundredth stays until the next call."""
    words = ["w" * (20 + number % 400) for number in range(120_000)]
    _words[:] = words[::100]
    return len(words)


# fragmentation fragmentation | target: tokenize
def case_few_survivors_among_texts(number):
    return tokenize(1)


_vectors = []


def embed(count: int):
    vectors = [bytes(1500 + 13 * (number % 60)) for number in range(15_000)]
    _vectors[:] = vectors[7::50]
    return len(vectors)


# fragmentation fragmentation | target: embed
def case_few_survivors_among_vectors(number):
    return embed(1)


def big_block(count: int):
    """One large block goes back to the system at once."""
    return len(bytearray(30_000_000))


# clean fragmentation | target: big_block | recipe: fragmentation
def case_one_large_block(number):
    return big_block(1)


def all_freed(count: int):
    return len([bytearray(900) for _ in range(20_000)])


# clean fragmentation | target: all_freed | recipe: fragmentation
def case_everything_freed(number):
    return all_freed(1)


def tuples_freed(count: int):
    return len([(number, number) for number in range(150_000)])


# clean fragmentation | target: tuples_freed | recipe: fragmentation
def case_tuples_freed(number):
    return tuples_freed(1)


def small_work(count: int):
    return sorted(str(number) for number in range(200))[:3]


# clean fragmentation | target: small_work | recipe: fragmentation
def case_small_work(number):
    return small_work(1)


def chunks(count: int):
    """Pieces are made and freed one after the other."""
    return sum(len(bytes(1_000_000)) for _ in range(10))


# clean fragmentation | target: chunks | recipe: fragmentation
def case_one_chunk_at_a_time(number):
    return chunks(1)
