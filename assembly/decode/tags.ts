/**
 * VLAN IDs and MPLS labels on the way to the network layer. The readers of the link layer note them when `noting` is
 * set, as it is for a second walk of a frame (side/link_tags.ts): what is off costs a test in the readers of tags.
 */
import {
  FRAME_TAGS, LABELS_KEPT_MAX, TAGS_LABELS, TAGS_LABEL_COUNT, TAGS_SIZE, TAGS_VLANS, TAGS_VLAN_COUNT, VLANS_MAX,
} from "../layout";

/** Is this a walk that notes? */
export let noting: bool = false;

export function beginNoting(): void {
  noting = true;
  memory.fill(FRAME_TAGS, 0, TAGS_SIZE);
}

export function endNoting(): void { noting = false; }

export function noteVlan(id: u32): void {
  const size = <u32>load<u8>(FRAME_TAGS, TAGS_VLAN_COUNT);
  if (size < <u32>VLANS_MAX) store<u16>(FRAME_TAGS + (<usize>size << 1), <u16>id, TAGS_VLANS);
  store<u8>(FRAME_TAGS, <u8>min<u32>(size + 1, 255), TAGS_VLAN_COUNT);
}

export function noteLabel(label: u32): void {
  const size = <u32>load<u8>(FRAME_TAGS, TAGS_LABEL_COUNT);
  if (size < <u32>LABELS_KEPT_MAX) store<u32>(FRAME_TAGS + (<usize>size << 2), label, TAGS_LABELS);
  store<u8>(FRAME_TAGS, <u8>min<u32>(size + 1, 255), TAGS_LABEL_COUNT);
}

/** How many there are: what a way that leads nowhere has added is taken back with it. */
@inline export function notedTags(): u32 { return <u32>load<u16>(FRAME_TAGS, TAGS_VLAN_COUNT); }
@inline export function takeBackTags(noted: u32): void { store<u16>(FRAME_TAGS, <u16>noted, TAGS_VLAN_COUNT); }
