// What no component does: the language of texts made in both, the tab's title in mid-job, and
// uploads of kinds of video that the browser does not know by name.
(() => {
  // The language: the visitor's own choice, else the browser's. Python and words_first.py
  // read the same cookie.
  const COOKIE = 'restyle-words';
  const chosen = (document.cookie.match(/(?:^|; )restyle-words=(en|zh)/) || [])[1];
  const own = (navigator.language || '').toLowerCase().startsWith('zh') ? 'zh' : 'en';
  const chinese = (chosen || own) === 'zh';
  document.addEventListener('click', (press) => {
    const button = press.target.closest && press.target.closest('[data-switch-words]');
    if (!button) return;
    const year = 365 * 24 * 3600;
    document.cookie =
      `${COOKIE}=${button.dataset.switchWords}; path=/; max-age=${year}; SameSite=Lax`;
    location.reload();
  });
  document.documentElement.dataset.words = chinese ? 'zh' : 'en';
  document.documentElement.lang = chinese ? 'zh-CN' : 'en';

  const name = 'Restyle';
  const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60]];
  const age = (at) => {
    const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });
    const seconds = Math.max(0, (Date.now() - at) / 1000);
    const [unit, size] = UNITS.find(([, length]) => seconds >= length) || ['minute', 60];
    return words.format(-Math.floor(seconds / size), unit);
  };
  // A quiet word when a job ends while nobody looks; only where the visitor asked for it.
  let watched = '';
  const ends = ['succeeded', 'failed'];
  const asked = () => 'Notification' in window && Notification.permission;
  const tell = (job) => {
    const { job: id, stage } = job.dataset;
    const ended = watched === id && ends.includes(stage);
    watched = ends.includes(stage) || stage === 'canceled' ? '' : id;
    if (ended && document.hidden && asked() === 'granted')
      new Notification(job.querySelector('.now b').textContent, { body: name, silent: true });
  };
  document.addEventListener('click', (press) => {
    if (press.target.closest && press.target.closest('.notify'))
      Notification.requestPermission().then(refresh);
  });
  // Gradio gives each radio button a name of its own; keys move within one name, and a group
  // without a legend has none to be read out.
  const group = () => {
    for (const field of document.querySelectorAll('fieldset[id]:has(input[type=radio])')) {
      for (const radio of field.querySelectorAll('input[type=radio]'))
        if (radio.name !== field.id) radio.name = field.id;
      const words = field.querySelector('[data-testid=block-info]');
      if (words && field.getAttribute('aria-label') !== words.textContent)
        field.setAttribute('aria-label', words.textContent);
    }
  };
  // Whatever Gradio has put up anew since: before the browser looks where the key leads.
  document.addEventListener('keydown', (press) => press.target.type === 'radio' && group(), true);
  const refresh = () => {
    group();
    const job = document.querySelector('#status .job');
    const words = job && job.dataset.title;
    const title = words ? `${words} · ${name}` : name;
    if (document.title !== title) document.title = title;
    if (job) tell(job);
    document.documentElement.classList.toggle('may-notify', asked() === 'default');
    for (const time of document.querySelectorAll('#jobs time')) {
      const at = new Date(time.dateTime);
      const shown = age(at);
      if (time.textContent !== shown) time.textContent = shown;
      const exact = at.toLocaleString(document.documentElement.lang);
      if (time.title !== exact) time.title = exact;
    }
  };
  setInterval(() => refresh(), 20000);
  // A press is answered at once, by the look of the button, until the server has answered it.
  const ASKS = '#transform, #cancel, button[data-event]';
  document.addEventListener('click', (press) => {
    const button = press.target.closest && press.target.closest(ASKS);
    if (button && !button.disabled) button.classList.add('asked');
  });
  new PerformanceObserver((list) => {
    if (!list.getEntries().some((entry) => entry.name.includes('/gradio_api/run/'))) return;
    for (const button of document.querySelectorAll('.asked')) button.classList.remove('asked');
  }).observe({ type: 'resource' });
  const connection = () =>
    document.documentElement.classList.toggle('offline', navigator.onLine === false);
  for (const event of ['online', 'offline']) window.addEventListener(event, connection);
  connection();

  // Gradio takes what the browser calls video/*, and browsers know neither MXF nor, often, TS.
  const KINDS = ['mxf', 'ts', 'mts', 'm2ts', 'flv', 'mkv', 'avi', 'mpg', 'mpeg', 'mov', '3gp', 'gif'];
  const ending = (file) => file.name.split('.').pop().toLowerCase();
  const named = (file) => {
    if (file.type.startsWith('video/') || !KINDS.includes(ending(file))) return file;
    return new File([file], file.name, { type: 'video/x-' + ending(file) });
  };
  const chooser = (target) => target.closest && target.closest('#clip');
  const fill = (input, files) => {
    const held = new DataTransfer();
    for (const file of files) held.items.add(named(file));
    input.files = held.files;
  };
  const odd = (files) => [...files].some((file) => named(file) !== file);
  document.addEventListener(
    'click',
    (press) => {
      const input = press.target;
      if (input.type === 'file' && chooser(input))
        input.accept = ['video/*', ...KINDS.map((kind) => '.' + kind)].join(',');
    },
    true,
  );
  document.addEventListener(
    'change',
    (change) => {
      const input = change.target;
      if (input.type === 'file' && chooser(input) && odd(input.files)) fill(input, input.files);
    },
    true,
  );
  document.addEventListener(
    'drop',
    (drop) => {
      const place = chooser(drop.target);
      const input = place && place.querySelector('input[type=file]');
      if (!input || !odd(drop.dataTransfer.files)) return;
      drop.preventDefault();
      drop.stopPropagation();
      fill(input, drop.dataTransfer.files);
      input.dispatchEvent(new Event('change', { bubbles: true }));
    },
    true,
  );

  // The panels are shown when all of them stand, and the next frame has been laid out.
  const PARTS = [
    '#clip input[type=file], #clip video', '#trim .trim', '#fit .fit', '#fit-report > *',
    '#style .card:nth-child(8)', '#resolution label', '#fps input', '#faces input', '#price > *',
    '#transform', '#status .job', '#result > *', '#jobs > *',
  ];
  const stands = new MutationObserver(() => {
    if (!PARTS.every((part) => document.querySelector(part))) return;
    stands.disconnect();
    requestAnimationFrame(() =>
      requestAnimationFrame(() => document.documentElement.classList.add('ready')),
    );
  });
  const begin = () => {
    stands.observe(document.body, { childList: true, subtree: true });
    new MutationObserver(refresh).observe(document.body, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['data-title', 'data-stage', 'datetime'],
    });
  };
  if (document.body) begin();
  else document.addEventListener('DOMContentLoaded', begin);
})();
