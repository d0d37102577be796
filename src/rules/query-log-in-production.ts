import type { FileFacts } from '../facts/file-facts.ts';
import { isUnderMain } from '../facts/syntax/flow.ts';
import type { Node } from '../python/node.ts';
import { defineRule } from '../scan/rule.ts';

/** `DEBUG = True` in settings of Django, and what else makes it keep the text of each query. */
export default defineRule({
  id: 'query-log-in-production',
  cause: 'cache',
  confidence: 'low',
  summary: 'With DEBUG on, Django keeps the text of the last 9,000 queries of each connection',
  why:
    'While `DEBUG` is true, or `force_debug_cursor` of a connection, Django appends every SQL query with its parameters to ' +
    '`connection.queries`. The log is emptied at the start of a request and holds 9,000 entries at most; but workers, ' +
    'commands and loops have no requests, and one bulk insert may be megabytes of text.',
  remedy:
    'Take it from the environment, false if nothing is said: `DEBUG = os.environ.get("DEBUG") == "1"`. In long-running ' +
    'code that needs the log, call `django.db.reset_queries()` now and then.',
  notWhen: [
    'The settings are for development or tests, by the name of the file.',
    'The value is taken from the environment, or is set to false further down.',
    'The file is no settings of Django.',
    'The file empties the log with `reset_queries`, or sets the flag back.',
  ],
  predicts: 'clean',
  recipe: 'growth',
  examples: [
    {
      bad: `
INSTALLED_APPS = ["django.contrib.auth"]
ROOT_URLCONF = "shop.urls"
DEBUG = True
`,
      good: `
import os

INSTALLED_APPS = ["django.contrib.auth"]
ROOT_URLCONF = "shop.urls"
DEBUG = os.environ.get("DEBUG") == "1"
`,
      notMeasured: 'it is a setting, and there is nothing to call',
    },
  ],
  links: [
    'https://docs.djangoproject.com/en/stable/faq/models/#why-is-django-leaking-memory',
    'https://docs.djangoproject.com/en/stable/ref/settings/#debug',
  ],
  check(file, report) {
    const { source } = file.tree;
    if (file.setting !== 'product' || !/\b(DEBUG|force_debug_cursor)\b/.test(source)) return;
    for (const assignment of file.nodes('assignment')) {
      const left = assignment.child('left');
      if (!left || assignment.child('right')?.type !== 'true' || isUnderMain(assignment)) continue;
      if (left.type === 'attribute' ? !isLogSwitch(file, left) : !isSetting(file, left)) continue;
      const target = file.drivable(assignment);
      report({
        anchor: assignment,
        message:
          left.type === 'attribute'
            ? `From here on Django keeps the text of each query in \`connection.queries\`: nothing in this file empties it`
            : '`DEBUG = True` makes Django keep the text of each query in `connection.queries`, which only requests empty',
        holder: 'connection.queries',
        payload: 'the texts of queries',
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

const DEVELOPMENT = /(^|[\/_.-])(dev\w*|local\w*|test\w*|debug|ci)([\/_.-]|$)/i;
const SETTINGS =
  /^(INSTALLED_APPS|MIDDLEWARE(_CLASSES)?|ROOT_URLCONF|WSGI_APPLICATION|TEMPLATES|DATABASES|ALLOWED_HOSTS)\b/m;

/** `DEBUG = True` of the module, in a file that looks like settings of Django. */
function isSetting(file: FileFacts, name: Node): boolean {
  const binding = name.text === 'DEBUG' ? file.binding(name) : undefined;
  if (binding?.scope.kind !== 'module' || binding.definitions.length > 1) return false;
  const isDjango = SETTINGS.test(file.tree.source) || /(^|[\/_])(django|settings)[\/_.]/.test(file.path);
  return isDjango && !DEVELOPMENT.test(file.path);
}

/** `connection.force_debug_cursor = True`, `settings.DEBUG = True` with the settings of Django. */
function isLogSwitch(file: FileFacts, place: Node): boolean {
  const { source } = file.tree;
  const attribute = place.child('attribute')?.text;
  if (/\breset_queries\b/.test(source) || file.functionAround(place) === undefined) return false;
  if (attribute === 'force_debug_cursor')
    return !/force_debug_cursor = (False|[a-z]\w*)/.test(source) && /\bdjango\b/.test(source);
  return (
    attribute === 'DEBUG' &&
    file.names.qualified(place.child('object')) === 'django.conf.settings' &&
    !/\bDEBUG = (False|[a-z]\w*)/.test(source)
  );
}
