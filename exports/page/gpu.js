// onnxruntime-web's attention over 32 tokens and more counts on subgroups of at least 8 threads where the device offers any. With
// smaller ones (SwiftShader has 4) it reads the transcript wrongly and says nothing; without any it takes another way, which is right.

const SMALLEST = 8;

/** Has every device of this thread made without subgroups, where the adapter's may be too small, or it does not say. */
export function withoutSmallSubgroups(Adapter = self.GPUAdapter) {
  if (!Adapter) return;
  const { requestDevice } = Adapter.prototype;
  Adapter.prototype.requestDevice = function (asked = {}) {
    const small = (this.info?.subgroupMinSize ?? 0) < SMALLEST;
    const requiredFeatures = [...(asked.requiredFeatures ?? [])].filter(name => !small || !name.startsWith('subgroup'));
    return requestDevice.call(this, { ...asked, requiredFeatures });
  };
}
