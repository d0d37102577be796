/** Parameters of cached functions that are objects with an identity, and not plain values. */
import type { FileFacts } from '../file-facts.ts';
import type { ClassFacts, FunctionFacts, Parameter } from '../syntax/functions.ts';
import { keywordArgument } from '../places/containers.ts';
import { lineageOf } from '../places/instances.ts';

/** Types of things that come, hold much, and are meant to go. */
const HEAVY =
  /\b((Http|HTTP|Web|ASGI|WSGI)?Request|(Async)?Session|Connection|AsyncConnection|(Async)?Engine|(Async)?Client|Cursor|Tensor|DataFrame|Series|ndarray|NDArray|Array|Image|Figure|Axes|Model|Module|PreTrainedModel|Dataset|DataLoader|Graph|Document|Page|User|Context|Widget|Socket|Response|Message|Event|Task|Future|Frame|Video|Audio|Mesh|Scene)\b/;
const HEAVY_NAMES =
  /^(request|req|session|db|model|model_cls|model_class|obj|object_|instance|df|dataframe|frame|tensor|arr|array|ndarray|conn|connection|engine|client|user|image|img|widget|context|ctx|document|dataset|graph|network|net|response|resp|task|future|figure|fig|socket|sock)$/;
/** Values that are equal when their contents are, in annotations. */
const PLAIN =
  /\b(str|int|float|bool|bytes|complex|Path|PurePath|UUID|datetime|date|timedelta|Decimal|Fraction|Literal|Enum|frozenset|tuple|Tuple|Version|Pattern|Callable|type|Type|Hashable|AnyStr|slice|range)\b/;

/** The parameters of a cached function whose values are objects that its cache keeps alive. */
export function objectParameters(file: FileFacts, cached: FunctionFacts): readonly Parameter[] {
  return cached.parameters.filter(
    (parameter) =>
      parameter.kind === 'plain' &&
      cached.scope.bindings.get(parameter.name) !== cached.self &&
      isObject(file, parameter),
  );
}

function isObject(file: FileFacts, { name, annotation, default: value }: Parameter): boolean {
  if (!annotation) return HEAVY_NAMES.test(name) && (value === undefined || value.type === 'none');
  const { text } = annotation;
  const words: readonly string[] = text.match(/\w+/g) ?? [];
  const own = file.classes.find((facts) => !facts.isLocal && words.includes(facts.name));
  // `type[Model]` is a class, not an instance.
  if (/^["']?(type|Type|typing\.Type)\b/.test(text)) return /^model(_cls|_class)?$/.test(name);
  if (own) return isByIdentity(own);
  if (PLAIN.test(text)) return false;
  return HEAVY.test(text);
}

/** Instances are compared by identity: each is a key of its own. */
function isByIdentity(facts: ClassFacts): boolean {
  return (
    !facts.isEnum &&
    !facts.isMetaclass &&
    lineageOf(facts).every(
      ({ methods, bases, parents, decorators }) =>
        // A base class of another file may compare by value.
        bases.every((base) => base === 'builtins.object' || parents.length === bases.length) &&
        !methods.has('__eq__') &&
        !methods.has('__hash__') &&
        !bases.some((base) =>
          /NamedTuple$|Enum$|Flag$|^builtins\.(str|int|tuple|float|bytes|frozenset)$/.test(base),
        ) &&
        !decorators.some(
          ({ call, name }) =>
            keywordArgument(call, 'frozen')?.type === 'true' || /(^|\.)frozen$/.test(name ?? ''),
        ),
    )
  );
}
