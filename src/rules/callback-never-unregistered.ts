import type { FileFacts } from '../facts/file-facts.ts';
import { frequencyOf } from '../facts/life/frequency.ts';
import { teardownsOf, type ClassFacts } from '../facts/syntax/functions.ts';
import { runsBehindGuard } from '../facts/life/guards.ts';
import { describeHeld } from '../facts/cycles/held-objects.ts';
import { lineageOf } from '../facts/places/instances.ts';
import { isSingleton, runsAtImport } from '../facts/life/lifetimes.ts';
import { localSubscriptions, subscriptions, type Subscription } from '../facts/cycles/subscriptions.ts';
import type { Node } from '../python/node.ts';
import { defineRule, type Hit } from '../scan/rule.ts';

/** `bus.subscribe("tick", self.on_tick)` without an `unsubscribe`: the bus keeps the object. */
export default defineRule({
  id: 'callback-never-unregistered',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'A callback is registered with a longer-lived object and never taken back',
  why:
    'Whoever keeps a bound method, or a function that uses `self`, keeps the instance with all it holds. An event bus, a ' +
    'stream, a window or a scheduler that lives longer than the object still calls it after it was closed, and each ' +
    'further object adds another callback. Registering in a method that runs again and again adds one every time.',
  remedy:
    'Take the callback back where the object ends (`unsubscribe`, `disconnect`, `remove_listener` in `close()` or ' +
    '`__exit__`), or register a `weakref.WeakMethod` where the emitter drops dead entries.',
  notWhen: [
    'The class calls the counterpart with the same callback, or on the same emitter without naming one.',
    'What the registration returns is kept: it can end the registration.',
    'The object made the emitter itself: they end together.',
    'The emitter calls back once: futures, deferreds, event loops.',
    'The registration is weak or for one call: `weak=True`, `once=True`.',
    'There is one such object: it is made at module level or behind a flag.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
class Bus:
    def __init__(self) -> None:
        self.listeners: dict[int, object] = {}

    def subscribe(self, listener) -> None:
        self.listeners[id(listener.__self__)] = listener

    def unsubscribe(self, listener) -> None:
        self.listeners.pop(id(listener.__self__), None)


bus = Bus()


class View:
    def __init__(self, title: str) -> None:
        self.text = title * 100
        bus.subscribe(self.refresh)

    def refresh(self) -> int:
        return len(self.text)

    def close(self) -> None:
        self.text = ""
`,
      good: `
class Bus:
    def __init__(self) -> None:
        self.listeners: dict[int, object] = {}

    def subscribe(self, listener) -> None:
        self.listeners[id(listener.__self__)] = listener

    def unsubscribe(self, listener) -> None:
        self.listeners.pop(id(listener.__self__), None)


bus = Bus()


class View:
    def __init__(self, title: str) -> None:
        self.text = title * 100

    def show(self) -> int:
        bus.subscribe(self.refresh)
        try:
            return self.refresh()
        finally:
            bus.unsubscribe(self.refresh)

    def refresh(self) -> int:
        return len(self.text)
`,
    },
  ],
  links: ['https://docs.python.org/3/library/weakref.html#weakref.WeakMethod'],
  check(file, report) {
    const seen = new Map<ClassFacts, Set<Node | undefined>>();
    for (const subscription of subscriptions(file)) {
      const { owner, call } = subscription;
      const confidence = subscription.isUndone ? undefined : confidenceOf(file, subscription);
      if (confidence === undefined) continue;
      // One comment a method is enough.
      const around = file.functionAround(call.node)?.node;
      const methods = seen.get(owner) ?? new Set();
      if (methods.has(around)) continue;
      seen.set(owner, methods.add(around));
      report(hitOf(file, subscription, confidence));
    }
    for (const { call, callback } of localSubscriptions(file)) {
      const target = file.drivable(call.node);
      if (!target || runsAtImport(file, target)) continue;
      const emitter = call.receiver?.text ?? '';
      report({
        anchor: call.node,
        message: `\`${emitter}\` keeps \`${callback.text}\`, and so the object made here: nothing takes the callback back`,
        holder: emitter,
        payload: `\`${callback.child('object')?.text ?? callback.text}\``,
        probe: { target: target.qualname },
      });
    }
  },
});

/** Emitters by their names: things that live long and that many objects listen to. */
const LONG_LIVED =
  /(bus|emitter|signals?|dispatcher|hub|broker|publisher|subject|events?|notifier|pubsub|observable|topic|channel|scheduler|registry|app|application|server|client|session|stream|window|manager|store|model|config|settings|hass|core|context)\d*$/i;
/** Modules whose emitters hold bound methods weakly, or end a connection with its receiver. */
const WEAK_MODULES =
  /^(PyQt\d?|PySide\d?|qtpy|pyqtgraph|gi|gtk|wx|pubsub|blinker|django|celery|psygnal|vispy|napari|traits|traitsui|pydispatch|matplotlib|tkinter|magicgui)(\.|$)|(^|\.)Qt(Core|Widgets|Gui)?(\.|$)/;
const ONE_OF =
  /(App|Application|Daemon|Kernel|Singleton|Main|MainWindow|CLI|Plugin|Server|Service|Manager|Component)$/;
const SHORT_LIVED =
  /(Handler|View|Request|Session|Connection|Widget|Dialog|Job|Task|Item|Page|Tab|Client|Stream|Window|Panel|Entity)$/;
const BIRTH =
  /^(__init__|__new__|__post_init__|__enter__|__aenter__|_?(setup|set_up|start|open|connect|init|initialize|install|enable|activate|register|bind|attach|listen|subscribe|show|mount|build|create)\w*|run|async_added_to_hass)$/;

function confidenceOf(file: FileFacts, subscription: Subscription): 'medium' | 'low' | undefined {
  const { call, owner, held, emitter, verb, undoesOthers } = subscription;
  if (emitter === 'own' || emitter === 'unknown') return undefined;
  const around = file.functionAround(call.node);
  const target = file.drivable(call.node);
  if (!around || !target || runsBehindGuard(file, call.node)) return undefined;
  if (isSingleton(file, owner) || owner.isMetaclass || frequencyOf(file, call.node) === 'once')
    return undefined;
  if (held.isGuess && held.how === 'method' && !/^_?(on|handle)_/.test(held.name ?? '')) return undefined;
  if (verb === 'set' && !undoesOthers) {
    return /Handler$|Request$|Session$/.test(owner.name) && BIRTH.test(target.name) ? 'medium' : undefined;
  }
  const isWeakWorld = file.once(usesWeakEmitters);
  if (undoesOthers) return isWeakWorld ? undefined : 'medium';
  const isRepeated = !BIRTH.test(target.name);
  if (verb === 'connect' || verb === 'bind' || verb === 'fbind') {
    return emitter === 'global' && isRepeated && !isWeakWorld && file.onceFor(owner, hasEnd)
      ? 'medium'
      : undefined;
  }
  if (isWeakWorld) return undefined;
  if (ONE_OF.test(owner.name)) return undefined;
  const name = (call.receiver?.text ?? '')
    .replace(/\(.*$/s, '')
    .replace(/\._?[a-z]+$/, (last) => (/s$/.test(last) && verb === 'append' ? '' : last));
  const isLong = LONG_LIVED.test(name) || (emitter === 'global' && /^[A-Z_]+$/.test(name));
  if (!isLong) return emitter === 'global' && file.onceFor(owner, hasEnd) ? 'medium' : undefined;
  if (file.onceFor(owner, hasEnd) || SHORT_LIVED.test(owner.name)) return 'medium';
  return /^(subscribe|observe|on|add|listen|append)$/.test(verb) && target.name === '__init__'
    ? 'medium'
    : 'low';
}

/** Whether a class has a method that ends the life of an instance: there the callback could be taken back. */
function hasEnd(_file: FileFacts, owner: ClassFacts): boolean {
  return lineageOf(owner).some((ancestor) =>
    teardownsOf(ancestor).some(
      ({ name }) => !/^_{0,2}(reset|remove|del|release|unregister|unsubscribe|detach)_/.test(name),
    ),
  );
}

function usesWeakEmitters(file: FileFacts): boolean {
  return [...file.scopes.module.bindings.values()].some(({ definitions }) =>
    definitions.some(({ imported }) => WEAK_MODULES.test(imported ?? '')),
  );
}

function hitOf(file: FileFacts, { call, owner, held }: Subscription, confidence: 'medium' | 'low'): Hit {
  const emitter = call.receiver?.text.split('\n')[0] ?? call.name;
  const target = file.drivable(call.node);
  return {
    anchor: call.node,
    message: `\`${emitter}\` keeps ${describeHeld(held, 'self')}, and so the ${owner.name}: the class never takes the callback back`,
    holder: emitter.split('.').at(-1)?.replace(/\W.*$/, '') ?? emitter,
    payload: `the ${owner.name} and what it holds`,
    ...(confidence === 'low' ? { confidence } : {}),
    ...(target ? { probe: { target: target.qualname } } : {}),
  };
}
