/**
 * The timeout wheel: five levels of 256 lists. It is lazy: a packet only writes its flow's last time; when an entry
 * comes due its real deadline is computed, and it is ended or filed again. A flow whose deadline comes nearer (because
 * the connection was closed) is moved at once.
 *
 * Ticks are multiples of 100 ms of capture time, so the tick at which a flow ends depends only on packet timestamps. An
 * entry is at the level of the highest byte in which its tick differs from the present one.
 */
import { setState64, state64 } from "../control";
import { dueTick } from "./expiry";
import { linkAt, linkNext, linkPrevious, linkSlot, setLinkNext, setLinkPrevious, setLinkSlot } from "../table/flow";
import { giveWay } from "../table/give_way";
import {
  CONTROL, NIL, STATE_TICK, STATE_WHEEL_COUNT, TICK_NS, WHEEL, WHEEL_LEVELS, WHEEL_SIZE, WHEEL_SLOTS,
} from "../layout";

@inline function headAt(slot: u32): usize { return WHEEL + (<usize>slot << 2); }
@inline function levelCount(level: u32): u32 { return load<u32>(CONTROL + STATE_WHEEL_COUNT + (<usize>level << 2)); }
@inline function addToLevel(level: u32, amount: i32): void {
  const at: usize = CONTROL + STATE_WHEEL_COUNT + (<usize>level << 2);
  store<u32>(at, load<u32>(at) + amount);
}

export function initWheel(): void {
  spreading = false;
  memory.fill(WHEEL, 0xff, WHEEL_SIZE);
  memory.fill(CONTROL + STATE_WHEEL_COUNT, 0, WHEEL_LEVELS << 2);
}

@inline function presentSlot(): u32 { return <u32>(state64(STATE_TICK) & (WHEEL_SLOTS - 1)); }

/** Sets the wheel to a time without firing anything. Only while it is empty. */
export function setWheelTime(time: u64): void {
  setTick(time / TICK_NS);
}

@inline function setTick(tick: u64): void {
  setState64(STATE_TICK, tick);
}

/** When the next tick is due, ns. The last tick before the end of u64 has none after it. */
export function nextTickTime(): u64 {
  const tick = state64(STATE_TICK) + 1;
  return tick > u64.MAX_VALUE / TICK_NS ? u64.MAX_VALUE : tick * TICK_NS;
}

/** Files a flow under a tick; a tick that is past already becomes `earliest`. */
export function fileFlow(index: u32, tick: u64, earliest: u64): void {
  const due = tick < earliest ? earliest : tick;
  const difference = due ^ state64(STATE_TICK);
  const level: u32 = difference < <u64>WHEEL_SLOTS ? 0 : (63 - <u32>clz<u64>(difference)) >> 3;
  const slot = (level << 8) | <u32>((due >> (level << 3)) & (WHEEL_SLOTS - 1));
  const head = headAt(slot);
  const first = load<u32>(head);
  const link = linkAt(index);
  setLinkPrevious(link, NIL);
  setLinkNext(link, first);
  setLinkSlot(link, slot);
  if (first != NIL) setLinkPrevious(linkAt(first), index);
  store<u32>(head, index);
  addToLevel(level, 1);
}

export function unfileFlow(index: u32): void {
  const link = linkAt(index);
  const previous = linkPrevious(link);
  const next = linkNext(link);
  const slot = linkSlot(link);
  if (previous == NIL) store<u32>(headAt(slot), next);
  else setLinkNext(linkAt(previous), next);
  if (next != NIL) setLinkPrevious(linkAt(next), previous);
  addToLevel(slot >> 8, -1);
}

/** Do lists of higher levels remain to be spread at the present tick? */
let spreading: bool = false;

@inline export function isSpreading(): bool { return spreading; }

/**
 * Moves time to the next tick at or before `target` that has something to do, spreading lists of higher levels on the
 * way, `budget` flows at most. Returns true with the wheel standing at that tick. False: `target` is reached and
 * nothing is due, or the budget is used up; then it is spreading.
 */
export function nextDueTick(target: u64, budget: u32): bool {
  while (spreading || state64(STATE_TICK) < target) {
    if (!spreading && !moveTick(target)) return false;
    spreading = !spreadLists(state64(STATE_TICK), budget);
    if (spreading) return false;
    if (load<u32>(headAt(presentSlot())) != NIL) return true;
  }
  return false;
}

/** Moves time to the next tick at which something can happen. False: that is behind `target`, where it stands now. */
function moveTick(target: u64): bool {
  // If the lower levels are empty, nothing happens before the byte above them changes.
  let level: u32 = 0;
  while (level < <u32>WHEEL_LEVELS && levelCount(level) == 0) level++;
  if (level < <u32>WHEEL_LEVELS) {
    const step = level << 3;
    const next = ((state64(STATE_TICK) >> step) + 1) << step;
    if (next <= target) {
      setTick(next);
      return true;
    }
  }
  setTick(target);
  return false;
}

/** A tick whose low bytes are 0 brings down the lists of the levels above. False: the budget was used up before. */
function spreadLists(tick: u64, budget: u32): bool {
  for (let level: u32 = WHEEL_LEVELS - 1; level > 0; level--) {
    const step = level << 3;
    if ((tick & ((<u64>1 << step) - 1)) != 0) continue;
    const slot = (level << 8) | <u32>((tick >> step) & (WHEEL_SLOTS - 1));
    for (let index = takeFirst(slot); index != NIL; index = takeFirst(slot)) {
      fileFlow(index, dueTick(index), tick);
      giveWay();
      if (--budget == 0) return false;
    }
  }
  return true;
}

/** Takes the first flow of a list out of the wheel; NIL when there is none. */
function takeFirst(slot: u32): u32 {
  const head = headAt(slot);
  const first = load<u32>(head);
  if (first == NIL) return NIL;
  const next = linkNext(linkAt(first));
  store<u32>(head, next);
  if (next != NIL) setLinkPrevious(linkAt(next), NIL);
  addToLevel(slot >> 8, -1);
  return first;
}

/** Takes a whole list out of the wheel. Its flows stay linked by LINK_NEXT. */
function takeList(slot: u32): u32 {
  const first = load<u32>(headAt(slot));
  if (first == NIL) return NIL;
  store<u32>(headAt(slot), NIL);
  let taken = 0;
  for (let index = first; index != NIL; index = linkNext(linkAt(index))) {
    taken++;
    giveWay();
  }
  addToLevel(slot >> 8, -taken);
  return first;
}

/** All flows, out of the wheel, linked by LINK_NEXT. */
export function takeAll(): u32 {
  let all: u32 = NIL;
  for (let slot: u32 = 0; slot < <u32>(WHEEL_LEVELS * WHEEL_SLOTS); slot++) {
    let index = takeList(slot);
    while (index != NIL) {
      const next = linkNext(linkAt(index));
      setLinkNext(linkAt(index), all);
      all = index;
      index = next;
    }
  }
  return all;
}

/** Takes one of the flows that the present tick may end out of the wheel; NIL when there is none. */
export function takeDue(): u32 {
  return takeFirst(presentSlot());
}
