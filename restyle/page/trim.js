// The trim: a filmstrip of the clip, two handles never further apart than the limit, a window
// between them that slides as a whole, and the playhead.
// The value that Python reads: { clip, duration_s, start_s, end_s, max_s, fps }; fps 0 where it varies.
const root = element.querySelector('.trim');
const find = (name) => root.querySelector('.trim-' + name);
const [start, end] = [find('start'), find('end')];
const SHORTEST_S = 0.5;
const PICTURES = 10;
const TELL_EVERY_MS = 150; // while a handle is dragged, so that the price moves with it
let now = { ...props.value };

const clock = (s) => {
  const tenths = Math.round(s * 10);
  const seconds = (tenths % 600) / 10;
  const shown = tenths % 10 ? seconds.toFixed(1) : String(Math.floor(seconds));
  return Math.floor(tenths / 600) + ':' + (seconds < 10 ? '0' : '') + shown;
};
const parse = (text) => {
  const parts = text.trim().split(':').map(Number);
  if (!text.trim() || parts.some((part) => !Number.isFinite(part) || part < 0)) return null;
  return parts.reduce((sum, part) => sum * 60 + part, 0);
};
const player = () => document.querySelector('#clip video');

function draw() {
  const length = now.duration_s || 0;
  root.hidden = length <= 0;
  root.dataset.seconds = length;
  if (root.hidden) return;
  for (const [input, at] of [[start, now.start_s], [end, now.end_s]]) {
    input.max = length;
    input.value = at;
    input.setAttribute('aria-valuetext', clock(at));
  }
  const slider = find('window');
  slider.style.left = (100 * now.start_s) / length + '%';
  slider.style.right = 100 - (100 * now.end_s) / length + '%';
  slider.setAttribute('aria-valuemin', 0);
  slider.setAttribute('aria-valuemax', Math.max(0, length - now.end_s + now.start_s).toFixed(2));
  slider.setAttribute('aria-valuenow', now.start_s);
  slider.setAttribute('aria-valuetext', clock(now.start_s) + ' – ' + clock(now.end_s));
  find('cut-before').style.width = (100 * now.start_s) / length + '%';
  find('cut-after').style.width = 100 - (100 * now.end_s) / length + '%';
  find('start-text').value = clock(now.start_s);
  find('end-text').value = clock(now.end_s);
  find('chosen').textContent = clock(now.end_s - now.start_s);
  find('all').textContent = clock(length);
  find('frames').textContent = Math.round((now.end_s - now.start_s) * now.fps);
  find('framed').hidden = !now.fps;
}

function move(which, to) {
  const length = now.duration_s;
  const most = Math.min(now.max_s || length, length);
  const least = Math.min(SHORTEST_S, length);
  to = Math.round(Math.min(Math.max(to, 0), length) * 1000) / 1000;
  if (length - to < 0.05) to = length; // the handles move in steps of 0.05 s: the end is the end
  if (which === 'start') {
    now.start_s = Math.min(to, length - least);
    now.end_s = Math.min(Math.max(now.end_s, now.start_s + least), now.start_s + most);
  } else {
    now.end_s = Math.max(to, least);
    now.start_s = Math.max(Math.min(now.start_s, now.end_s - least), now.end_s - most, 0);
  }
  draw();
  seek(to);
}

// The whole window, as wide as it is.
function slide(to) {
  const wide = now.end_s - now.start_s;
  now.start_s = Math.round(Math.min(Math.max(to, 0), now.duration_s - wide) * 1000) / 1000;
  now.end_s = Math.round((now.start_s + wide) * 1000) / 1000;
  draw();
  seek(now.start_s);
}

function settle() {
  clearTimeout(telling);
  telling = 0;
  if (props.value.start_s === now.start_s && props.value.end_s === now.end_s) return;
  props.value = { ...now };
  trigger('trimmed');
}
let telling = 0;
const settleSoon = () => (telling = telling || setTimeout(settle, TELL_EVERY_MS));

for (const [which, input] of [['start', start], ['end', end]])
  input.addEventListener('input', () => {
    move(which, Number(input.value));
    settleSoon();
  });
for (const input of [start, end]) input.addEventListener('change', settle);
for (const which of ['start', 'end']) {
  const text = find(which + '-text');
  text.addEventListener('change', () => {
    const at = parse(text.value);
    if (at === null) return draw();
    move(which, at);
    settle();
  });
  find(which + '-here').addEventListener('click', () => {
    const video = player();
    if (!video) return;
    move(which, video.currentTime);
    settle();
  });
}

const slider = find('window');
const track = find('track');
const at = (pointer) => {
  const box = track.getBoundingClientRect();
  return ((pointer.clientX - box.left) / box.width) * now.duration_s;
};
let held = null;
slider.addEventListener('pointerdown', (pointer) => {
  held = { from: at(pointer), start_s: now.start_s, moved: false };
  slider.setPointerCapture(pointer.pointerId);
});
slider.addEventListener('pointermove', (pointer) => {
  if (!held) return;
  const by = at(pointer) - held.from;
  held.moved = held.moved || Math.abs(by) > now.duration_s / 200;
  if (!held.moved) return;
  slide(held.start_s + by);
  settleSoon();
});
for (const end of ['pointerup', 'pointercancel'])
  slider.addEventListener(end, (pointer) => {
    const was = held;
    held = null;
    if (was && was.moved) settle();
    else if (was) seek(at(pointer));
  });
slider.addEventListener('keydown', (press) => {
  const steps = { ArrowLeft: -0.1, ArrowRight: 0.1, PageDown: -1, PageUp: 1 };
  const ends = { Home: 0, End: now.duration_s };
  if (press.key in steps) slide(now.start_s + steps[press.key]);
  else if (press.key in ends) slide(ends[press.key]);
  else return;
  press.preventDefault();
});
slider.addEventListener('keyup', (press) => {
  if (/^(Arrow|Page|Home|End)/.test(press.key)) settle();
});
track.addEventListener('pointerdown', (pointer) => {
  if (pointer.target === track || pointer.target.matches('canvas, .trim-cut')) seek(at(pointer));
});
function seek(to) {
  const video = player();
  if (!video || !Number.isFinite(video.duration)) return;
  video.pause();
  video.currentTime = Math.min(Math.max(to, 0), video.duration);
  playhead();
}

// The playhead: it goes where the player is, and takes the player along when it is moved.
const head = find('playhead');
function playhead() {
  const video = player();
  head.hidden = !video || !video.duration;
  find('here').hidden = head.hidden;
  if (head.hidden) return;
  const at = video.currentTime;
  head.style.left = (100 * Math.min(at, now.duration_s)) / (now.duration_s || 1) + '%';
  head.setAttribute('aria-valuemax', now.duration_s);
  head.setAttribute('aria-valuenow', at.toFixed(2));
  find('here-time').textContent = clock(at);
  find('here-number').textContent = Math.floor(at * now.fps + 0.01) + 1;
  find('here-frame').hidden = !now.fps;
  head.setAttribute('aria-valuetext', find('here').innerText);
}
head.addEventListener('pointerdown', (pointer) => {
  head.setPointerCapture(pointer.pointerId);
  head.focus();
  pointer.preventDefault();
});
head.addEventListener('pointermove', (pointer) => {
  if (head.hasPointerCapture(pointer.pointerId)) seek(at(pointer));
});
head.addEventListener('keydown', (press) => {
  const video = player();
  const frame = 1 / (now.fps || 25);
  const steps = {
    ArrowLeft: -frame, ArrowRight: frame, ArrowDown: -frame, ArrowUp: frame,
    PageDown: -1, PageUp: 1, Home: -Infinity, End: Infinity,
  };
  if (!video || !(press.key in steps)) return;
  press.preventDefault();
  seek(video.currentTime + steps[press.key]);
});

// The filmstrip: drawn by the browser from the clip that it plays anyway, when it has time.
const idle = () =>
  new Promise((go) => (window.requestIdleCallback ? requestIdleCallback(go, { timeout: 300 }) : go()));
const strip = find('strip');
let filmed = '';
async function film(source) {
  const reel = document.createElement('video');
  Object.assign(reel, { muted: true, preload: 'auto', src: source });
  const next = (event) => new Promise((go, stop) => {
    reel.addEventListener(event, go, { once: true });
    reel.addEventListener('error', stop, { once: true });
  });
  await next('loadeddata');
  const [wide, high] = [64, 48];
  [strip.width, strip.height] = [PICTURES * wide, high];
  const brush = strip.getContext('2d');
  for (let number = 0; number < PICTURES && source === filmed; number++) {
    // Of a long clip that is shown as a copy there are only the first minutes.
    const at = ((number + 0.5) / PICTURES) * (now.duration_s || reel.duration);
    if (at > reel.duration) break;
    const seeked = next('seeked');
    reel.currentTime = at;
    await seeked;
    await idle();
    const scale = Math.max(wide / reel.videoWidth, high / reel.videoHeight);
    const [w, h] = [wide / scale, high / scale];
    const [x, y] = [(reel.videoWidth - w) / 2, (reel.videoHeight - h) / 2];
    if (source === filmed) brush.drawImage(reel, x, y, w, h, number * wide, 0, wide, high);
  }
  strip.dataset.drawn = source === filmed ? 'yes' : '';
  reel.removeAttribute('src');
  reel.load();
}
const ours = (event) => event.target.closest && event.target.closest('#clip');
for (const name of ['timeupdate', 'seeked', 'loadeddata'])
  document.addEventListener(name, (event) => ours(event) && playhead(), true);
document.addEventListener(
  'loadeddata',
  (event) => {
    if (!ours(event) || event.target.currentSrc === filmed) return;
    filmed = event.target.currentSrc;
    strip.dataset.drawn = '';
    strip.width = strip.width; // wipes it
    film(filmed).catch(() => {});
  },
  true,
);
watch('value', () => {
  now = { ...props.value };
  draw();
});
draw();
