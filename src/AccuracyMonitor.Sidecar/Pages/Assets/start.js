import { get, session } from './api.js';
import { card } from './cards.js';

const status = document.getElementById('status');

async function refresh() {
  try {
    const all = await get('models');
    document.getElementById('models').replaceChildren(...all.models.map((m) => card(m, all, false)));
    status.textContent = all.models.length === 0
      ? 'No prediction has come yet. When the model is connected, its accuracy is shown here.'
      : `${all.models.length === 1 ? 'One model version is' : `${all.models.length} model versions are`} watched.`;
  } catch (error) {
    status.textContent = `The sidecar can't be read: ${error.message}. Trying again.`;
  }
  setTimeout(refresh, 5000);
}

await session('read');
await refresh();
