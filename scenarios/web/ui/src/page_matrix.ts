// The page of the whole matrix.
document.getElementById('app')!.textContent = '';
