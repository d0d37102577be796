"""Documents that are read piece by piece, and kept whole."""

import xml.etree.ElementTree as ET
from xml.etree.ElementTree import iterparse

from lxml import etree
from tqdm import tqdm

from elsewhere import handle


def count(path):
    entries = 0
    for event, element in ET.iterparse(path):  # leak: iterparse-not-cleared
        if element.tag == "entry":
            entries += 1
    return entries


def rows(path):
    for _, element in iterparse(path, events=("end",)):  # leak: iterparse-not-cleared medium
        yield element.attrib


def through_a_name(path):
    context = etree.iterparse(path, tag="page")
    titles = []
    for event, page in context:  # leak: iterparse-not-cleared
        titles.append(page.findtext("title"))
    return titles


def through_iter(path):
    context = iter(ET.iterparse(path, events=("start", "end")))
    event, root = next(context)
    for event, element in context:  # leak: iterparse-not-cleared
        print(element.tag)


def progress(path):
    for event, element in tqdm(ET.iterparse(path)):  # leak: iterparse-not-cleared medium
        handle(element)


class Reader:
    def read(self, path, wanted):
        for i, (event, element) in enumerate(ET.iterparse(path)):  # leak: iterparse-not-cleared
            if element.tag not in wanted:
                continue
            self.store(element)

    def store(self, element):
        print(element)


def cleared(path):
    for event, element in ET.iterparse(path):  # ok: cleared
        print(element.tag)
        element.clear()


def root_cleared(path):
    context = ET.iterparse(path, events=("start", "end"))
    _, root = next(context)
    for event, element in context:  # ok: the root is cleared
        print(element.tag)
        root.clear()


def siblings_deleted(path):
    for event, element in etree.iterparse(path):  # ok: deleted from its parent
        while element.getprevious() is not None:
            del element.getparent()[0]


def cleared_by_helper(path):
    for event, element in ET.iterparse(path):  # ok: use() clears it
        use(element)


def use(element):
    print(element.tag)
    element.clear()


def first(path):
    for event, element in ET.iterparse(path, events=("start",)):  # ok: the first turn is the last
        return element.tag


def namespaces(path):
    found = {}
    for event, (prefix, uri) in ET.iterparse(path, events=("start-ns",)):  # ok: only name spaces
        found[prefix] = uri
    return found


def whole(path):
    return ET.parse(path).getroot()  # ok: meant to be whole


for event, element in ET.iterparse("log.xml"):  # leak: iterparse-not-cleared
    print(element.tag)


def whole_tree(path):
    root = None
    # ok: the tree is wanted
    for event, element in ElementTree.iterparse(path, events=("start", "end")):
        if root is None:
            root = element
    return root


def tree_of(path):
    context = ElementTree.iterparse(path)
    # ok: the root is asked for
    for event, element in context:
        element.tag = element.tag.lower()
    return context.root
