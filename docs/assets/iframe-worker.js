// Browsers start no workers for pages that are opened from the disk. The search of this site runs in a worker,
// so on such pages a hidden frame takes its place: same script, same messages.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      this.onmessage = null
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      document.body.appendChild(this.frame)
      const inner = this.frame.contentWindow
      inner.document.open()
      inner.document.write("<!doctype html><html><head></head><body></body></html>")
      inner.document.close()
      const own = new URL(url, document.baseURI)
      const load = source => new Promise((resolve, reject) => {
        const script = inner.document.createElement("script")
        script.src = new URL(source, own).href
        script.onload = resolve
        script.onerror = () => reject(new Error(source))
        inner.document.body.appendChild(script)
      })
      inner.postMessage = data => {
        const event = new MessageEvent("message", { data })
        this.dispatchEvent(event)
        if (this.onmessage) this.onmessage(event)
      }
      inner.importScripts = (...sources) =>
        sources.reduce((done, source) => done.then(() => load(source)), Promise.resolve())
      this.ready = load(own)
    }

    postMessage(data) {
      this.ready.then(() => this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data })))
    }

    terminate() {
      this.frame.remove()
    }
  }
}
