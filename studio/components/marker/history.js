// Taking back and doing again outlive a reload: the desk's answer brings the steps, and an act that was not saved yet joins them.

// The step of an act that is about to be done again on top of what was fetched anew; call it before the act is applied.
function rememberStep(act) {
  const id = act.id || act.mark?.id;
  if (!act.step || !id) return;
  const { past, future } = desk.history;
  const known = (line) => line.findIndex((changes) => changes.some((one) => one.step === act.step && one.id === id));
  if (known(past) >= 0) return void future.push(...past.splice(known(past), 1));
  if (known(future) >= 0) return void past.push(...future.splice(known(future), 1));
  const before = markOf(id) || null;
  const after = act.mark ? { ...act.mark, side: act.side } : null;
  if (!before && !after) return;
  const made = { step: act.step, kind: kindOf(after || before), id, before, after };
  const begun = past.find((changes) => changes[0].step === act.step);
  if (begun) begun.push(made);
  else past.push([made]);
  future.length = 0;
}
