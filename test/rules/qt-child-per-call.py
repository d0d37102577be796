"""Timers, threads and menus of Qt that are made with a parent again and again."""
from PyQt5 import QtCore, QtWidgets
from PyQt5.QtCore import QThread, QTimer
from PyQt5.QtWidgets import QMenu, QWidget


class SearchThread(QThread):
    def __init__(self, parent):
        QThread.__init__(self, parent)
        self.results = None


class Silent(QThread):
    def __init__(self, owner):
        super().__init__()
        self.owner = owner


class Editor(QWidget):
    def __init__(self, parent=None):
        super().__init__(parent)
        self._blink = QTimer(self)  # ok: made with its parent
        self.thread = None
        self.loading = None
        self.saver = None
        self._setup_late()
        self._start_cursor()

    def _setup_late(self):
        self._late = QTimer(self)  # ok: made with its parent

    def _start_cursor(self):
        self._cursor = QTimer(self)  # ok: only the constructor calls this
        self._cursor.start(500)

    def post_visible_setup(self):
        self._keep_warm()

    def _keep_warm(self):
        timer = QTimer(self)  # ok: only a method that sets up calls this
        timer.start(60_000)

    def delayed_popup(self):
        timer = QTimer(self)  # leak: qt-child-per-call
        timer.setSingleShot(True)
        timer.timeout.connect(lambda: self.popup("text"))
        timer.start(300)

    def find(self):
        self.thread = SearchThread(self)  # leak: qt-child-per-call
        self.thread.finished.connect(self.found)
        self.thread.start()

    def found(self):
        self.thread = None

    def search_alone(self):
        self.silent = Silent(self)  # ok: it has no parent
        self.silent.start()

    def search_free(self):
        self.free = QThread()  # ok: it has no parent
        self.free.start()

    def save(self):
        self.saver = QThread(self)  # ok: taken from its parent when done
        self.saver.start()

    def saved(self):
        self.saver.setParent(None)
        self.saver = None

    def load_if_idle(self):
        if self.loading is None:
            self.loading = QThread(self)  # ok: only where there is none
        self.loading.start()

    def contextMenuEvent(self, event):
        menu = QMenu(self)  # leak: qt-child-per-call
        menu.addAction("Copy", self.copy)
        menu.exec_(event.globalPos())

    def show_menu(self, position):
        menu = QMenu("Edit", self)  # ok: it deletes itself
        menu.setAttribute(QtCore.Qt.WA_DeleteOnClose)
        menu.popup(position)

    def show_other_menu(self, position):
        menu = QMenu(self)  # ok: deleted after use
        menu.exec_(position)
        menu.deleteLater()

    def popup_menu(self):
        menu = QMenu(self)  # ok: given back
        return menu

    def fade(self, target):
        animation = QtCore.QPropertyAnimation(target, b"opacity", self)  # leak: qt-child-per-call
        animation.start()

    def fade_once(self, target):
        animation = QtCore.QPropertyAnimation(target, b"opacity", self)  # ok: deletes itself
        animation.start(QtCore.QAbstractAnimation.DeleteWhenStopped)

    def copy(self):
        pass

    def popup(self, text):
        pass


def inputhook(context):
    app = QtCore.QCoreApplication.instance()
    event_loop = QtCore.QEventLoop(app)  # leak: qt-child-per-call
    while not context.input_is_ready():
        event_loop.exec_()


def wait(context):
    loop = QtCore.QEventLoop()  # ok: no parent
    loop.exec_()


def notify(kernel, stream):
    notifier = QtCore.QSocketNotifier(stream.fd, QtCore.QSocketNotifier.Read, kernel.app)  # leak: qt-child-per-call
    notifier.activated.connect(stream.flush)
