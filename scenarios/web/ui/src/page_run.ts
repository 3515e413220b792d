// The page of one run, or of several side by side.
import type { FilmData } from './film';
import { mountRuns } from './run_view';

const data = JSON.parse(document.getElementById('glacis-data')!.textContent!) as { runs: FilmData[] };
const app = document.getElementById('app')!;
app.className = 'runs-page';
mountRuns(app, data.runs);
