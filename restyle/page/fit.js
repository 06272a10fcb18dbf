// The fit report's pictures: the clip's own frame, what is cut off shaded; then what comes out.
(() => {
  const numbers = (text) => text.split(',').map(Number);

  function draw(canvas, video) {
    const brush = canvas.getContext('2d');
    const { width, height } = canvas;
    const [x, y, w, h] = numbers(canvas.dataset.kept);
    const [left, top, right, bottom] = numbers(canvas.dataset.bars);
    if (canvas.dataset.kind === 'after') {
      // The browser's own picture may have another size than the clip's upright, square one.
      const before = canvas.closest('.fit-pictures').querySelector('[data-kind=before]');
      const [sx, sy] = [video.videoWidth / before.width, video.videoHeight / before.height];
      brush.fillStyle = '#000';
      brush.fillRect(0, 0, width, height);
      const [wide, high] = [width - left - right, height - top - bottom];
      brush.drawImage(video, x * sx, y * sy, w * sx, h * sy, left, top, wide, high);
      return;
    }
    brush.drawImage(video, 0, 0, width, height);
    brush.fillStyle = 'rgb(20 18 16 / 74%)';
    brush.beginPath();
    brush.rect(0, 0, width, height);
    brush.rect(x, y, w, h);
    brush.fill('evenodd');
    brush.lineWidth = Math.max(width, height) / 90;
    brush.strokeStyle = '#fff';
    brush.setLineDash([brush.lineWidth * 2, brush.lineWidth]);
    brush.strokeRect(x, y, w, h);
  }
  function refresh(anew) {
    const video = document.querySelector('#clip video');
    if (!video || video.readyState < 2) return;
    for (const canvas of document.querySelectorAll('#fit-report canvas.fit-picture')) {
      if (canvas.dataset.drawn && !anew) continue;
      canvas.dataset.drawn = 'yes';
      draw(canvas, video);
    }
  }
  const again = (event) => event.target.closest && event.target.closest('#clip') && refresh(true);
  for (const name of ['loadeddata', 'seeked', 'timeupdate'])
    document.addEventListener(name, again, true);
  const watch = () =>
    new MutationObserver(() => refresh(false)).observe(document.body, {
      childList: true,
      subtree: true,
    });
  if (document.body) watch();
  else document.addEventListener('DOMContentLoaded', watch);
})();
