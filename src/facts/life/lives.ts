/** How many instances of a class a program is likely to make: going by what the file does and by names. */
import type { FileFacts } from '../file-facts.ts';
import type { ClassFacts } from '../syntax/functions.ts';
import { isSingleton } from './lifetimes.ts';

const PROGRAM_WIDE =
  /(App|Application|Server|Scheduler|Manager|Service|Worker|WorkController|Cluster|Daemon|Shell|Tool|Controller|Plugin|Extension|Registry|Main|Router|Bot|Stats|LogStats|PeriodicLog|Settings|Config|Configurator|Options|Backend|Platform|Supervisor|Monitor|Factory|Program|System|Gateway|Hub|Reactor|Loop|Dialect|Domain|Middleware|Strategy|Descriptor|Property|_property|Corpus|CorpusReader|Reloader|Autoreloader|Field|Converter|Wizard)$/;
const SCREEN =
  /(^|\.)(tkinter|Tkinter|tk|wx|Gtk|gtk|ttk|idlelib|curses)(\.|$)|(^|\.)(Frame|Toplevel|Dialog|Tk|Q[A-Z]\w+)$/;

/**
 * Whether there is likely to be one instance for the whole program, such as an application or a server, or one for
 * each window. A cycle in it costs nothing until the program ends.
 */
export function isProgramWide(file: FileFacts, facts: ClassFacts): boolean {
  if (PROGRAM_WIDE.test(facts.name) || isSingleton(file, facts)) return true;
  return facts.bases.some((base) => SCREEN.test(base));
}

const SHORT_LIVED =
  /(Protocol|Connection|Session|Request|Response|RequestHandler|Handler|Context|Stream|Channel|Transport|Client|Task|Job|Iterator|Reader|Writer|Message|Transaction|Cursor|Result|Future|Event|Call|Transfer|Download|Upload|Process|Socket|Pipe|Exchange|Flow|Query|Batch|Frame|Scope|Step|Run|Runner|Operation|Deferred|Generator)$/;

/** Whether a program is likely to make such objects again and again: one for each connection, request or task. */
export function isShortLived(facts: ClassFacts): boolean {
  return [facts.name, ...facts.bases].some((name) => SHORT_LIVED.test(name));
}
