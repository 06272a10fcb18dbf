// The style wall: one listbox, arrows and clicks choose; "several" makes clicks add and remove.
// The value that Python reads: { styles: [codes] }. The cards' pictures are this clip's frame.
const wall = element.querySelector('.wall');
const cards = [...wall.querySelectorAll('.card')];
const several = element.querySelector('.wall-several');
const says = element.querySelector('.wall-says');
const find = (name) => element.querySelector('.wall-' + name).innerHTML;
const isSeveral = () => several.getAttribute('aria-pressed') === 'true';
const chosen = () => cards.filter((card) => card.getAttribute('aria-selected') === 'true');

function focusOn(card) {
  for (const other of cards) other.tabIndex = other === card ? 0 : -1;
  card.focus();
}
function choose(card, add) {
  const on = card.getAttribute('aria-selected') === 'true';
  if (add && on && chosen().length === 1) return;
  for (const other of cards)
    if (other === card) other.setAttribute('aria-selected', String(add ? !on : true));
    else if (!add) other.setAttribute('aria-selected', 'false');
  settle();
}
function settle() {
  props.value = { styles: chosen().map((card) => Number(card.dataset.style)) };
  trigger('chosen');
}
wall.addEventListener('click', (press) => {
  const card = press.target.closest('.card');
  if (!card) return;
  focusOn(card);
  choose(card, isSeveral() || press.ctrlKey || press.metaKey);
});
wall.addEventListener('keydown', (press) => {
  const here = cards.indexOf(document.activeElement);
  if (here < 0) return;
  const columns = getComputedStyle(wall).gridTemplateColumns.split(' ').length;
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  let to = here + (steps[press.key] || 0);
  if (press.key === 'Home') to = 0;
  if (press.key === 'End') to = cards.length - 1;
  if (press.key === ' ' || press.key === 'Enter') choose(cards[here], isSeveral());
  else if (to === here || to < 0 || to >= cards.length) return;
  else {
    focusOn(cards[to]);
    if (!isSeveral()) choose(cards[to], false);
  }
  press.preventDefault();
});
several.addEventListener('click', () => {
  const now = !isSeveral();
  several.setAttribute('aria-pressed', String(now));
  if (now) wall.setAttribute('aria-multiselectable', 'true');
  else {
    wall.removeAttribute('aria-multiselectable');
    const [first, ...others] = chosen();
    for (const card of others) card.setAttribute('aria-selected', 'false');
    if (first && others.length) settle();
  }
});

// ---------------------------------------------------------------- previews of this clip's frame
const SIZE_PX = 480;
const CALM_MS = 350;
const [TALLEST, WIDEST] = [3 / 4, 16 / 9]; // width over height
const visitor = Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join('');
let asking = null;
let calm = 0;
let drawnFor = '';
let came = 0; // pictures of this frame
let again = { about: '', tries: 0 };
const [MOST_TRIES, AGAIN_MS] = [3, 2000];

function forget() {
  if (asking) asking.abort();
  clearTimeout(calm);
  drawnFor = says.innerHTML = '';
  element.classList.remove('previewed');
  for (const card of cards) {
    const picture = card.querySelector('img');
    if (picture.src !== picture.dataset.gallery) picture.src = picture.dataset.gallery;
    card.classList.remove('own');
  }
}
// The frame as it will be sent (fit.js), or the whole of it as long as that is not known.
const fit = () => document.querySelector('#fit .fit') || {};
function picture(video) {
  const canvas = document.createElement('canvas');
  if (!fit().sent || !fit().sent(video, canvas)) {
    const scale = Math.min(1, SIZE_PX / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
  }
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92));
}
function show(line) {
  if (!line.trim()) return;
  came += 1;
  const { style, jpeg } = JSON.parse(line);
  const card = cards.find((one) => Number(one.dataset.style) === style);
  card.querySelector('img').src = 'data:image/jpeg;base64,' + jpeg;
  card.classList.add('own');
  element.classList.add('previewed');
}
async function preview(video) {
  const cut = fit().about ? fit().about() : '';
  const about = video.currentSrc + '@' + video.currentTime.toFixed(2) + cut;
  if (about === drawnFor || !video.videoWidth) return;
  drawnFor = about;
  came = 0;
  if (asking) asking.abort();
  const mine = (asking = new AbortController());
  try {
    const body = await picture(video);
    if (!body || mine.signal.aborted) return;
    says.innerHTML = find('drawing');
    const answer = await fetch('restyle/previews', {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'image/jpeg', 'X-Restyle-Visitor': visitor },
      signal: mine.signal,
    });
    if (!answer.ok) throw new Error(answer.statusText);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = (rest + part.value).split('\n');
      rest = lines.pop();
      if (!mine.signal.aborted) lines.forEach(show);
    }
    if (mine.signal.aborted) return;
    if (came < cards.length) throw new Error('cut short');
    says.innerHTML = find('drawn');
  } catch {
    // Without previews the gallery's pictures do; a busy engine is asked again.
    if (mine.signal.aborted) return;
    says.innerHTML = drawnFor = '';
    again = { about, tries: again.about === about ? again.tries + 1 : 1 };
    if (again.tries < MOST_TRIES) setTimeout(soon, AGAIN_MS);
  }
}
function soon() {
  clearTimeout(calm);
  calm = setTimeout(() => {
    const video = document.querySelector('#clip video');
    if (video && video.paused && video.readyState >= 2) preview(video);
  }, CALM_MS);
}
// Media events do not bubble, but they can be caught on their way down.
const ours = (event) => event.target.closest && event.target.closest('#clip');
for (const name of ['loadeddata', 'seeked', 'pause'])
  document.addEventListener(name, (event) => ours(event) && soon(), true);
// The cards take the shape of what is sent when the report comes, not later with the pictures.
document.addEventListener('fitted', () => {
  const shape = fit().shape();
  if (shape) wall.style.setProperty('--shape', Math.min(WIDEST, Math.max(TALLEST, shape)));
  else wall.style.removeProperty('--shape');
  soon();
});
document.addEventListener('emptied', (event) => ours(event) && forget(), true);
new MutationObserver(() => {
  if (drawnFor && !document.querySelector('#clip video')) forget();
}).observe(document.querySelector('#clip') || document.body, { childList: true, subtree: true });
soon();
