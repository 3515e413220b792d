// The page of one run, or of several side by side.
import type { FilmData } from './film';

const data = JSON.parse(document.getElementById('glacis-data')!.textContent!) as { runs: FilmData[] };
document.getElementById('app')!.textContent = `${data.runs.length} runs`;
