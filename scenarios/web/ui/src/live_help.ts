// What the page is, in a dialog.
import { h } from './dom';

const rows: [string, string][] = [
  ['Ctrl+Enter', 'run what the editor holds'],
  ['Ctrl+Space', 'what may stand at the caret; arrows, Enter or Tab, Escape'],
  ['Alt+← and Alt+→', 'one row back or on in the run'],
  ['Alt+P', 'play or pause'],
  ['F8', 'the next mark of the editor'],
];

export function helpDialog(): HTMLDialogElement {
  const dialog = h('dialog', { class: 'live-help', 'aria-labelledby': 'live-help-title' },
    h('h2', { id: 'live-help-title' }, 'How this page works'),
    h('p', {}, 'Pick a scenario or a machine, change it, run it. The text is read as if it lay where it was opened from. Changed machines count for the run. Nothing is written to disk; the download link gives you the text.'),
    h('p', {}, 'The program plays the run to its end with the real checks and sends it whole. The same file, platform and seed give the same run, so playing, pausing and stepping back move within what was played, and are exact.'),
    h('p', {}, 'A defence that spoke is one click: the run is played with it and without it, and both stand side by side. With a defence lifted, what the file expects is compared with the run on the left only.'),
    h('p', {}, 'Guests that are libraries or processes of this machine, and responders outside, are refused here: they would run or reach something outside the emulation. `glacis run` plays them. A run ends at limits of guest steps, simulated time and wall-clock time, and says which.'),
    h('table', {}, h('tbody', {}, ...rows.map(([key, what]) => h('tr', {}, h('th', { scope: 'row' }, h('kbd', {}, key)), h('td', {}, what))))),
    h('form', { method: 'dialog' }, h('button', { autofocus: true }, 'Close')));
  return dialog;
}
