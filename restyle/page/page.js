// What no component does: the language of texts made in both, the tab's title in mid-job, and
// uploads of kinds of video that the browser does not know by name.
(() => {
  const chinese = (navigator.language || '').toLowerCase().startsWith('zh');
  document.documentElement.dataset.words = chinese ? 'zh' : 'en';
  document.documentElement.lang = chinese ? 'zh-CN' : 'en';

  const name = 'Restyle';
  const localTime = (time) => {
    const at = new Date(time.dateTime);
    const today = at.toDateString() === new Date().toDateString();
    const form = today
      ? { hour: '2-digit', minute: '2-digit' }
      : { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' };
    return at.toLocaleString(document.documentElement.lang, form);
  };
  const refresh = () => {
    const job = document.querySelector('#status .job');
    const words = job && job.dataset.title;
    const title = words ? `${words} · ${name}` : name;
    if (document.title !== title) document.title = title;
    for (const time of document.querySelectorAll('#jobs time')) {
      const shown = localTime(time);
      if (time.textContent !== shown) time.textContent = shown;
    }
  };

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

  const begin = () =>
    new MutationObserver(refresh).observe(document.body, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['data-title', 'datetime'],
    });
  if (document.body) begin();
  else document.addEventListener('DOMContentLoaded', begin);
})();
