// The device report: how fast which build ran where, as a file that only the reader can send to anyone. No word of a visit is in it.

export class DeviceReport {
  constructor({ id, build }) {
    this.facts = { kind: 'scribeloop-device-report', version: 1, model: id, build, notes: [], peak_memory_bytes: null, memory_of: null };
  }

  /** What the worker found: the machine and the build that it takes. */
  found({ machine, variant, why, total, here, room }) {
    const { webgpu, f16, software, adapter } = machine;
    const { name, device, dtype, precision } = variant;
    Object.assign(this.facts, {
      webgpu, shader_f16: f16, software_adapter: software, adapter, variant: name, device, dtype, precision, why,
      download_bytes: total, stored_bytes: here, free_storage_bytes: room,
    });
  }

  /** `trial` {apart, most}: how far off the GPU was on the known text, and the most that is let pass; null where it was not tried this time. */
  ready({ threads, seconds, kept, trial }) {
    Object.assign(this.facts, { threads, fetch_seconds: round(seconds.fetch), prepare_seconds: round(seconds.prepare), kept, trial });
    this.measure();
  }

  note({ promptIds, tokens, seconds, firstTokenSeconds, finishReason }) {
    const rate = tokens > 1 ? (tokens - 1) / (seconds - firstTokenSeconds) : null;
    this.facts.notes.push({
      prompt_tokens: promptIds.length, tokens, seconds: round(seconds), first_token_seconds: round(firstTokenSeconds),
      tokens_per_second: rate && round(rate), finish_reason: finishReason,
    });
    this.measure();
  }

  /** The most that was seen. An isolated Chromium answers for the page with its worker and wasm, but only at its next collection. */
  async measure() {
    try {
      if (crossOriginIsolated && performance.measureUserAgentSpecificMemory) {
        this.peak((await performance.measureUserAgentSpecificMemory()).bytes, 'page and worker');
      } else if (performance.memory) {
        this.peak(performance.memory.usedJSHeapSize, 'page without worker');
      }
    } catch {
      // The browser will not tell.
    }
  }

  peak(bytes, of) {
    if (bytes > (this.facts.peak_memory_bytes ?? 0)) Object.assign(this.facts, { peak_memory_bytes: bytes, memory_of: of });
  }

  /** Hand the report to the reader as a JSON file. */
  save() {
    const whole = {
      ...this.facts, made: new Date().toISOString(), user_agent: navigator.userAgent, isolated: crossOriginIsolated,
      cores: navigator.hardwareConcurrency ?? null, device_memory_gib: navigator.deviceMemory ?? null,
    };
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([`${JSON.stringify(whole, null, 2)}\n`], { type: 'application/json' }));
    link.download = `scribeloop-device-${whole.made.slice(0, 10)}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}

const round = number => Math.round(number * 1000) / 1000;
