// What the browser cannot play is shown as a small copy (proxies.py): in the clip's player, which
// tells so in words, and in the compare.
(() => {
  const shown = 'restyle/proxies/';
  let waiting = null;

  const said = () => document.querySelector('#clip-shown .shown');
  function say(state, share) {
    const line = said();
    if (!line) return;
    line.dataset.state = state;
    const percent = share > 0 ? ` ${Math.round(100 * share)} %` : '';
    for (const place of line.querySelectorAll('.shown-share')) place.textContent = percent;
  }
  // A copy has the first minutes of a long clip only.
  function short(video) {
    const seconds = Number(document.querySelector('#trim .trim').dataset.seconds);
    if (said()) said().classList.toggle('short', seconds > video.duration + 1);
  }
  function original(video) {
    if (video.matches('.compare-before')) return { job: video.closest('[data-job]').dataset.job };
    const file = video.currentSrc.split('/file=')[1];
    return file ? { upload: decodeURIComponent(file) } : null;
  }
  async function ask(what, told, signal) {
    const answer = await fetch('restyle/proxies', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(what),
      signal,
    });
    if (!answer.ok) return null;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return null;
      text += value;
      const lines = text.split('\n');
      text = lines.pop();
      for (const line of lines.map((line) => JSON.parse(line))) {
        if (line.address) return line.address;
        told(line.share);
      }
    }
  }
  async function replace(video) {
    const [what, before] = [original(video), video.currentSrc];
    if (!what) return;
    const clip = Boolean(what.upload);
    const stop = new AbortController();
    if (clip) {
      if (waiting) waiting.abort();
      waiting = stop;
      say('making', 0);
    }
    let address = null;
    try {
      address = await ask(what, (share) => clip && say('making', share), stop.signal);
    } catch {
      // Offline, or another clip was chosen: as if there were no copy.
    }
    if (stop.signal.aborted || video.currentSrc !== before) return;
    if (address) video.src = address;
    if (clip) say(address ? 'made' : 'failed', 0);
    else if (!address) alone(video);
  }
  // The compare without its "before".
  const alone = (video) => video.closest('restyle-compare').classList.add('compare-one');
  const ours = (video) => video.matches && video.matches('#clip video, .compare-before');
  const hasCopy = (video) => video.currentSrc.includes(shown);
  function cannot(event) {
    const video = event.target;
    if (!ours(video) || !video.currentSrc) return;
    if (hasCopy(video)) return video.matches('.compare-before') ? alone(video) : say('failed', 0);
    event.stopImmediatePropagation(); // Gradio would say no more than "not playable"
    replace(video);
  }
  document.addEventListener('error', cannot, true);
  document.addEventListener(
    'loadedmetadata',
    (event) => {
      const video = event.target;
      if (!ours(video)) return;
      if (hasCopy(video) && video.matches('#clip video')) short(video);
      if (!video.videoWidth) replace(video); // its sound can be played, but not its picture
      else if (!video.matches('.compare-before') && !hasCopy(video)) leave();
    },
    true,
  );
  function leave() {
    if (waiting) waiting.abort();
    waiting = null;
    say('', 0);
  }
  // A clip that was taken away leaves no event behind.
  const watch = () =>
    new MutationObserver(() => {
      if (said() && said().dataset.state && !document.querySelector('#clip video')) leave();
    }).observe(document.body, { childList: true, subtree: true });
  if (document.body) watch();
  else document.addEventListener('DOMContentLoaded', watch);
})();
