import type { Call } from '../facts/syntax/calls.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { loopsAround } from '../facts/syntax/flow.ts';
import { usesTorch } from '../facts/arrays/graphs.ts';
import {
  handleFate,
  hookFunction,
  hookRegistrations,
  removals,
  repeatedRegion,
} from '../facts/arrays/hooks.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** Hooks that pile up on a module because each call registers one more. */
export default defineRule({
  id: 'hook-per-call',
  cause: 'external-library',
  confidence: 'high',
  summary: 'Each call registers one more hook, and none is removed',
  why:
    'A module keeps its hooks until their handles remove them. Dropping the handle removes nothing. A hook that is ' +
    'registered in `forward`, in a loop over the data or in a function that runs the model piles up: memory grows by the ' +
    'hook and all that it refers to, and every pass runs all of them.',
  remedy:
    'Register once, where the module is made; or keep the handle and call `handle.remove()` in a `finally`. A hook that ' +
    'removes itself when it is called stays for ever on a module that is never called.',
  notWhen: [
    'The handle is removed, given back, or stored where the file removes handles.',
    'The hook is registered once for each layer.',
    'The module is made anew each time.',
    'It is a hook on a tensor of this step, which goes with the tensor.',
    'The hook is registered in `__init__` or in a function that only sets up.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.width = width
        self.layer = nn.Linear(width, width)

    def forward(self, rows: int = 2) -> float:
        seen = bytearray(4096)
        self.layer.register_forward_hook(lambda module, given, output: seen.append(1))
        return self.layer(torch.ones(rows, self.width)).sum().item()
`,
      good: `
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.width = width
        self.layer = nn.Linear(width, width)

    def forward(self, rows: int = 2) -> float:
        seen = bytearray(4096)
        handle = self.layer.register_forward_hook(lambda module, given, output: seen.append(1))
        try:
            return self.layer(torch.ones(rows, self.width)).sum().item()
        finally:
            handle.remove()
`,
      needs: 'torch',
    },
  ],
  links: [
    'https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_forward_hook',
  ],
  check(file, report) {
    const registrations = hookRegistrations(file);
    if (registrations.length === 0 || !usesTorch(file)) return;
    for (const call of registrations) {
      const found = pilesUp(file, call) ?? removesItself(file, call);
      if (!found) continue;
      const target = file.drivable(call.node);
      const module = call.receiver?.text.slice(0, 60) ?? '';
      report({
        anchor: call.node,
        message: found.says.replace('MODULE', `\`${module}\``),
        holder: '_forward_hooks',
        payload: 'the hook and what it refers to',
        confidence: found.confidence,
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

interface Found {
  readonly confidence: 'high' | 'medium';
  readonly says: string;
}

function pilesUp(file: FileFacts, call: Call): Found | undefined {
  const fate = handleFate(file, call.node);
  const region = fate === 'removed' ? undefined : repeatedRegion(file, call);
  if (!region) return undefined;
  const isSure =
    fate === 'dropped' && (loopsAround(call.node).includes(region) || isForward(file, call.node));
  const when = loopsAround(call.node).includes(region) ? 'each turn of the loop' : 'each call';
  const why =
    fate === 'dropped' ? 'its handle is dropped, so nothing removes it' : 'nothing in this file removes it';
  return {
    confidence: isSure ? 'high' : 'medium',
    says: `MODULE gets one more hook with ${when}: ${why}`,
  };
}

function isForward(file: FileFacts, node: Node): boolean {
  return file.functionAround(node)?.name === 'forward' && loopsAround(node).length === 0;
}

/** A hook that calls `self.handle.remove()`, and no other code does. */
function removesItself(file: FileFacts, { node: registration, receiver }: Call): Found | undefined {
  // A hook on the module itself goes with it.
  if (file.isSelf(receiver)) return undefined;
  const hook = hookFunction(file, registration);
  const own = hook ? removals(file).filter((removal) => hook.contains(removal)) : [];
  if (own.length === 0 || own.length < removals(file).length) return undefined;
  return {
    confidence: 'medium',
    says: 'MODULE keeps the hook until it is called: nothing but the hook itself removes it',
  };
}
