// Which jobs are this browser's: their ids, in localStorage, the same in all of its tabs.
// The value that Python reads and writes: { ids, shown, gone }, newest first.
const KEY = 'restyle-jobs';
const MOST = 20;
const list = (value) => (Array.isArray(value) ? value.filter((id) => typeof id === 'string') : []);

function stored() {
  let found = null;
  try {
    found = JSON.parse(localStorage.getItem(KEY));
  } catch {
    // Edited by hand, or no storage at all: as if there were none.
  }
  found = found || {};
  return { ids: list(found.ids), shown: found.shown || null, gone: list(found.gone) };
}
// Another tab may have begun or removed jobs since: nothing of it is lost.
function merged(value, other) {
  const gone = [...new Set([...list(value.gone), ...other.gone])].slice(0, 5 * MOST);
  const all = [...new Set([...list(value.ids), ...other.ids])];
  const ids = all.filter((id) => !gone.includes(id)).slice(0, MOST);
  return { ids, shown: ids.includes(value.shown) ? value.shown : null, gone };
}
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

watch('value', () => {
  const before = stored();
  const next = merged(props.value || {}, before);
  try {
    if (!same(next, before)) localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Without storage the jobs are known until the page is closed.
  }
  if (!same(next.ids, props.value.ids)) props.value = next;
});
function look() {
  const other = stored();
  const shown = (props.value && props.value.shown) || other.shown;
  const next = merged({ ids: other.ids, shown, gone: other.gone }, other);
  // Told in the event: a value that is set here before the page is up would not reach Python.
  trigger('opened', { mine: next });
}
window.addEventListener('storage', (event) => event.key === KEY && look());
window.addEventListener('online', look);
document.addEventListener('visibilitychange', () => !document.hidden && look());
look();
