import type { FileFacts } from '../facts/file-facts.ts';
import { leftKeys, type LeftKey } from '../facts/growth/left-keys.ts';
import { parametersBehind } from '../facts/places/provenance.ts';
import { defineRule, type Hit } from '../scan/rule.ts';

/** `self.rooms[name].discard(user)`: the room stays when the last user has left. */
export default defineRule({
  id: 'key-left-behind',
  cause: 'still-in-scope',
  confidence: 'medium',
  summary: 'Code that cleans up an entry leaves its key in the dict',
  why:
    'A dict of sets or lists gets a key for every room, session or topic. When the last member is taken from its set, or ' +
    'the session that the key stands for has ended, the key and an empty set stay: some 300 bytes each, and the key ' +
    'itself, which may be an object with all that it holds. With ever new keys that grows for as long as the process runs.',
  remedy:
    'Remove the key with its last member: `if not self.rooms[name]: del self.rooms[name]`; or take the whole entry where ' +
    'its owner ends: `self.pages.pop(session, None)`.',
  notWhen: [
    'Something in the file takes keys out, empties the dict, binds it anew or asks for its size.',
    'The keys are few, going by their names and types: events, hooks, commands.',
    'The dict is handed to other code, or its object does one piece of work and goes.',
    'Nothing takes members out at all: `instance-container-grows` looks at that.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
class ChatServer:
    def __init__(self) -> None:
        self.rooms: dict[str, set[str]] = {}

    def visit(self, room: str, user: str) -> int:
        self.rooms.setdefault(room, set()).add(user)
        self.leave(room, user)
        return len(room)

    def leave(self, room: str, user: str) -> None:
        self.rooms[room].discard(user)
`,
      good: `
class ChatServer:
    def __init__(self) -> None:
        self.rooms: dict[str, set[str]] = {}

    def visit(self, room: str, user: str) -> int:
        self.rooms.setdefault(room, set()).add(user)
        self.leave(room, user)
        return len(room)

    def leave(self, room: str, user: str) -> None:
        self.rooms[room].discard(user)
        if not self.rooms[room]:
            del self.rooms[room]
`,
    },
  ],
  links: ['https://docs.python.org/3/library/stdtypes.html#dict.pop'],
  check(file, report) {
    for (const left of leftKeys(file)) report(hitOf(file, left));
  },
});

function hitOf(file: FileFacts, { node, dict, how, filler, key }: LeftKey): Hit {
  const own = new Set(filler.parameters.map(({ name }) => name));
  const vary = parametersBehind(file, key).flatMap(({ name }) => (own.has(name) ? [name] : []));
  const place = file.functionAround(node)?.name ?? '';
  return {
    anchor: node,
    message:
      how === 'group'
        ? `\`${dict}\` keeps a key with an empty entry when the last member is taken out: nothing here removes the key`
        : `\`${place}\` deals with the entry of \`${dict}\` and leaves it there: nothing in this file removes it`,
    holder: dict,
    payload: 'keys and what is left of their entries',
    probe: { target: filler.qualname, vary },
  };
}
