// <restyle-compare>: before and after in one frame behind a wipe, both players in step.
// The markup, with its words, comes from compare.py; this gives it life.
(() => {
  const APART_S = 0.12;

  class Compare extends HTMLElement {
    connectedCallback() {
      if (this.alive) return;
      this.alive = true;
      const find = (name) => this.querySelector('.compare-' + name);
      const [after, before] = [find('after'), find('before')];
      Object.assign(this, { find, after, before, frame: 1 / Number(this.dataset.fps || 15) });
      find('wipe').addEventListener('input', () => this.wipe());
      find('play').addEventListener('click', () => (after.paused ? this.play() : this.pause()));
      find('stage').addEventListener('dblclick', () => this.full());
      find('seek').addEventListener('input', () => {
        this.pause();
        this.to(Number(find('seek').value));
      });
      find('back').addEventListener('click', () => this.step(-1));
      find('on').addEventListener('click', () => this.step(1));
      find('speed').addEventListener('change', () => this.speed());
      find('sound').addEventListener('change', () => this.sound());
      find('full').addEventListener('click', () => this.full());
      this.addEventListener('keydown', (press) => this.key(press));
      for (const name of ['loadedmetadata', 'timeupdate', 'seeked', 'play', 'pause'])
        after.addEventListener(name, () => this.show());
      after.addEventListener('waiting', () => before.pause());
      after.addEventListener('playing', () => this.follow());
      after.addEventListener('ended', () => this.pause());
      this.speed();
      this.sound();
      this.wipe();
      this.show();
    }
    wipe() {
      this.style.setProperty('--at', this.find('wipe').value + '%');
    }
    play() {
      if (this.after.ended) this.to(0);
      this.after.play();
    }
    pause() {
      this.after.pause();
      this.before.pause();
      this.step(0);
    }
    // The result leads; the clip follows, a little faster or slower where it is off.
    follow() {
      const { after, before } = this;
      if (!this.isConnected || after.paused || before.error) return before.pause();
      const off = before.currentTime - after.currentTime;
      if (Math.abs(off) > APART_S && !before.seeking) before.currentTime = after.currentTime;
      before.playbackRate = after.playbackRate * (1 - Math.max(-0.1, Math.min(0.1, off)));
      if (before.paused && after.currentTime < before.duration) before.play().catch(() => {});
      this.show();
      requestAnimationFrame(() => this.follow());
    }
    to(at) {
      const { after, before } = this;
      const end = Number.isFinite(after.duration) ? after.duration : 0;
      at = Math.max(0, Math.min(at, end - this.frame / 2));
      for (const video of [after, before]) if (video.readyState > 0) video.currentTime = at;
    }
    step(frames) {
      if (frames) this.after.pause();
      this.before.pause();
      // The middle of a frame, or rounding would show its neighbour.
      const here = Math.floor(this.after.currentTime / this.frame + 1e-3);
      if (frames || !this.after.ended) this.to((here + frames + 0.5) * this.frame);
    }
    speed() {
      const rate = Number(this.find('speed').value);
      this.after.playbackRate = this.before.playbackRate = rate;
    }
    sound() {
      const from = this.find('sound').value;
      this.after.muted = from !== 'after';
      this.before.muted = from !== 'before';
    }
    full() {
      if (document.fullscreenElement) document.exitFullscreen();
      else if (this.requestFullscreen) this.requestFullscreen().catch(() => {});
    }
    key(press) {
      const bare = !press.ctrlKey && !press.metaKey && !press.altKey;
      const busy = press.target.closest('select, button') || !bare;
      const act = {
        ' ': () => (this.after.paused ? this.play() : this.pause()),
        ',': () => this.step(-1),
        '.': () => this.step(1),
        f: () => this.full(),
      }[press.key];
      if (!act || busy) return;
      press.preventDefault();
      act();
    }
    show() {
      const { after } = this;
      const clock = (s) => Math.floor(s / 60) + ':' + (s % 60 < 9.95 ? '0' : '') + (s % 60).toFixed(1);
      const length = Number.isFinite(after.duration) ? after.duration : 0;
      const seek = this.find('seek');
      seek.max = length;
      seek.value = after.currentTime;
      seek.setAttribute('aria-valuetext', clock(after.currentTime));
      this.find('time').textContent = `${clock(after.currentTime)} / ${clock(length)}`;
      const play = this.find('play');
      const words = after.paused ? play.dataset.play : play.dataset.pause;
      if (play.getAttribute('aria-label') !== words) {
        play.setAttribute('aria-label', words);
        play.textContent = after.paused ? '▶' : '❚❚';
      }
    }
  }
  customElements.define('restyle-compare', Compare);
})();
