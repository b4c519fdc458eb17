// What a camera sees, asked for again and again while it is on the screen.

export class Picture {
  visible = false;
  #image;
  #camera;
  #shown = false;
  #busy = false;

  constructor(image, camera) {
    this.#image = image;
    this.#camera = camera;
  }

  /** Whether there is a picture at all. */
  show(shown) {
    this.#shown = shown;
    if (!shown)
      this.#clear();
  }

  /** A newer one; one request at a time. */
  async refresh() {
    if (!this.#shown || !this.visible || this.#busy || document.hidden)
      return;
    this.#busy = true;
    try {
      const response = await fetch(`/live/picture?camera=${encodeURIComponent(this.#camera)}`);
      if (response.ok && this.#shown)
        this.set(await response.blob());
    } catch {
      // The stream says that the server is away.
    } finally {
      this.#busy = false;
    }
  }

  set(blob) {
    const old = this.#image.src;
    this.#image.src = URL.createObjectURL(blob);
    this.#image.hidden = false;
    if (old.startsWith("blob:"))
      URL.revokeObjectURL(old);
  }

  #clear() {
    if (this.#image.src.startsWith("blob:"))
      URL.revokeObjectURL(this.#image.src);
    this.#image.removeAttribute("src");
    this.#image.hidden = true;
  }
}
