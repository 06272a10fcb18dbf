// The fit as a picture: the clip's own frame with the crop window on it, then what is sent.
// The value that Python reads: { crop_at, … }; the rest of it is Python's and is drawn here.
const root = element.querySelector('.fit');
const [before, after] = root.querySelectorAll('canvas');
const [frame, slider] = [root.querySelector('.fit-frame'), root.querySelector('.fit-window')];
const [wholeSize, sentSize] = root.querySelectorAll('figcaption');
const LONGEST_PX = 480;
let now = { ...props.value };
let held = null;

const player = () => document.querySelector('#clip video');
const across = () => now.axis === 'x';
const room = () => (across() ? now.frame[0] - now.kept[2] : now.frame[1] - now.kept[3]);
// As the plan does it: an even place, inside the frame.
const place = () => Math.min(2 * Math.round((room() * now.crop_at) / 2), room() - (room() % 2));

function size(canvas, [width, height]) {
  const scale = Math.min(1, LONGEST_PX / Math.max(width, height));
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
}
// What is sent of the player's frame: cut or with bars, onto a canvas of that shape.
function sent(video, canvas) {
  const [width, height] = now.frame;
  // The browser's own picture may have another size than the clip's upright, square one.
  const [sx, sy] = [video.videoWidth / width, video.videoHeight / height];
  const [x, y, w, h] = now.kept;
  const [left, top, right, bottom] = now.bars || [0, 0, 0, 0];
  const scale = canvas.width / now.size[0];
  const brush = canvas.getContext('2d');
  brush.fillStyle = '#000';
  brush.fillRect(0, 0, canvas.width, canvas.height);
  const [wide, high] = [now.size[0] - left - right, now.size[1] - top - bottom];
  brush.drawImage(
    video, x * sx, y * sy, w * sx, h * sy, left * scale, top * scale, wide * scale, high * scale,
  );
}
function paint() {
  const video = player();
  if (root.hidden || !video || video.readyState < 2 || !video.videoWidth) return;
  before.getContext('2d').drawImage(video, 0, 0, before.width, before.height);
  sent(video, after);
  root.dataset.drawn = 'yes';
}
// The style wall shows the same picture.
root.sent = (video, canvas) => {
  if (!now.frame) return false;
  size(canvas, now.size);
  sent(video, canvas);
  return true;
};
root.about = () => JSON.stringify([now.kept, now.bars, now.size]);
root.shape = () => (now.frame ? now.size[0] / now.size[1] : 0);
function draw() {
  root.hidden = !now.frame || !(now.axis || now.bars);
  if (!root.hidden) lay();
  root.dispatchEvent(new Event('fitted', { bubbles: true }));
}
function lay() {
  root.dataset.axis = now.axis;
  if (now.axis) {
    now.kept = across()
      ? [place(), 0, now.kept[2], now.kept[3]]
      : [0, place(), now.kept[2], now.kept[3]];
    const [x, y, w, h] = now.kept;
    const [width, height] = now.frame;
    const share = (part, whole) => (100 * part) / whole + '%';
    Object.assign(slider.style, {
      left: share(x, width), top: share(y, height),
      width: share(w, width), height: share(h, height),
    });
    slider.setAttribute('aria-orientation', across() ? 'horizontal' : 'vertical');
    slider.setAttribute('aria-valuenow', Math.round(100 * now.crop_at));
    const [from, to, all] = across() ? [x, x + w, width] : [y, y + h, height];
    slider.setAttribute('aria-valuetext', `${from} – ${to} / ${all} px`);
  }
  size(before, now.frame);
  size(after, now.size);
  wholeSize.textContent = now.frame.join('×');
  sentSize.textContent = now.size.join('×');
  paint();
}

function move(at) {
  now.crop_at = Math.round(1000 * Math.min(1, Math.max(0, at))) / 1000;
  draw();
}
function settle() {
  if (props.value.crop_at === now.crop_at) return;
  props.value = { ...props.value, crop_at: now.crop_at };
  trigger('moved');
}

// The pointer's place along the axis, in the clip's pixels.
const along = (pointer) => {
  const box = frame.getBoundingClientRect();
  return across()
    ? ((pointer.clientX - box.left) / box.width) * now.frame[0]
    : ((pointer.clientY - box.top) / box.height) * now.frame[1];
};
frame.addEventListener('pointerdown', (pointer) => {
  if (!now.axis || !room() || pointer.button > 0) return;
  const kept = across() ? now.kept[2] : now.kept[3];
  let from = along(pointer);
  // A press beside the window brings its middle there.
  if (from < place() || from > place() + kept) move((from - kept / 2) / room());
  held = { from, at: now.crop_at };
  frame.setPointerCapture(pointer.pointerId);
  slider.focus({ preventScroll: true });
  pointer.preventDefault();
});
frame.addEventListener('pointermove', (pointer) => {
  if (held) move(held.at + (along(pointer) - held.from) / room());
});
for (const end of ['pointerup', 'pointercancel'])
  frame.addEventListener(end, () => {
    if (held) settle();
    held = null;
  });
slider.addEventListener('keydown', (press) => {
  const steps = {
    ArrowLeft: -0.02, ArrowUp: -0.02, ArrowRight: 0.02, ArrowDown: 0.02,
    PageUp: -0.1, PageDown: 0.1, Home: -1, End: 1,
  };
  if (!(press.key in steps)) return;
  press.preventDefault();
  move(now.crop_at + steps[press.key]);
});
slider.addEventListener('keyup', settle);
slider.addEventListener('blur', settle);

const ours = (event) => event.target.closest && event.target.closest('#clip');
for (const name of ['loadeddata', 'seeked', 'timeupdate'])
  document.addEventListener(name, (event) => ours(event) && paint(), true);
watch('value', () => {
  const told = props.value;
  // An answer to an earlier move must not take back a later one.
  const at = told.clip === now.clip ? now.crop_at : told.crop_at;
  now = { ...told, crop_at: at };
  draw();
  if (told.crop_at !== at) props.value = { ...told, crop_at: at };
});
draw();
