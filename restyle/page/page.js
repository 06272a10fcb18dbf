// What no component does: the language of texts made in both, and the tab's title in mid-job.
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
