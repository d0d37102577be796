import { qtChildren } from '../facts/resources/qt-children.ts';
import { defineRule } from '../scan/rule.ts';

/** `QTimer(self)` in a slot: the parent keeps one more with each call. */
export default defineRule({
  id: 'qt-child-per-call',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'Each call makes one more Qt object that its parent keeps',
  why:
    'A Qt object with a parent belongs to the parent: it lives until the parent is deleted or it is deleted itself, also ' +
    'when no Python name refers to it any longer. A timer, thread or menu that a method makes with `self` or the ' +
    'application as its parent stays there with its connections, and each call adds another one.',
  remedy:
    'Make it once in the constructor and use it again; or call `deleteLater()` (or `setParent(None)`) when it is done: ' +
    '`thread.finished.connect(thread.deleteLater)`, `menu.aboutToHide.connect(menu.deleteLater)`. For one delayed call ' +
    'there is `QTimer.singleShot`.',
  notWhen: [
    'It is made while its parent is set up.',
    'It is deleted, or taken from its parent, where it is done.',
    'It is made only where there is none yet.',
    'It has no parent: then it goes with its name.',
    'It is given back or handed to other code.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
class QObject:
    """Stands for the one of Qt, which keeps its children."""

    def __init__(self, parent: object = None) -> None:
        self.children = []
        if parent is not None:
            parent.children.append(self)

    def deleteLater(self) -> None:
        self.children.clear()


class QTimer(QObject):
    def start(self, milliseconds: int) -> None:
        self.interval = milliseconds


class Editor(QObject):
    def __init__(self) -> None:
        super().__init__()

    def popup_later(self, text: str) -> int:
        timer = QTimer(self)
        timer.start(300)
        return len(text)
`,
      good: `
class QObject:
    """Stands for the one of Qt, which keeps its children."""

    def __init__(self, parent: object = None) -> None:
        self.children = []
        if parent is not None:
            parent.children.append(self)


class QTimer(QObject):
    def start(self, milliseconds: int) -> None:
        self.interval = milliseconds


class Editor(QObject):
    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)

    def popup_later(self, text: str) -> int:
        self._timer.start(300)
        return len(text)
`,
    },
  ],
  links: ['https://doc.qt.io/qt-6/objecttrees.html'],
  check(file, report) {
    for (const { call, parent } of qtChildren(file)) {
      const target = file.drivable(call.node);
      report({
        anchor: call.node,
        message: `\`${parent}\` keeps every \`${call.name}\` that \`${target?.name ?? ''}\` makes: nothing here deletes it`,
        holder: 'children',
        payload: `each \`${call.name}\` and what its connections hold`,
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});
