// The trim: two handles over the clip's length, never further apart than the limit.
// The value that Python reads: { duration_s, start_s, end_s, max_s }.
const root = element.querySelector('.trim');
const find = (name) => root.querySelector('.trim-' + name);
const [start, end] = [find('start'), find('end')];
const SHORTEST_S = 0.5;
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
  if (root.hidden) return;
  for (const [input, at] of [[start, now.start_s], [end, now.end_s]]) {
    input.max = length;
    input.value = at;
    input.setAttribute('aria-valuetext', clock(at));
  }
  find('window').style.left = (100 * now.start_s) / length + '%';
  find('window').style.right = 100 - (100 * now.end_s) / length + '%';
  find('start-text').value = clock(now.start_s);
  find('end-text').value = clock(now.end_s);
  find('chosen').textContent = clock(now.end_s - now.start_s);
  find('all').textContent = clock(length);
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
  const video = player();
  if (video && Number.isFinite(video.duration)) video.currentTime = to;
}

function settle() {
  props.value = { ...now };
  trigger('trimmed');
}

start.addEventListener('input', () => move('start', Number(start.value)));
end.addEventListener('input', () => move('end', Number(end.value)));
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
watch('value', () => {
  now = { ...props.value };
  draw();
});
draw();
