/** Written by `npm run docs:schema` from schema.ts: change the schema, not this file. */
import type { FirstPacket } from './first_packet.ts';
import type { EndReason } from './flow.ts';
import { FlowObject } from './flow_object.ts';

/** One finished flow, as `readFlows` yields it and as one JSON Lines record holds it. Frozen. */
export interface Flow {
  /** Address of the originator: IPv4 dotted quad, or IPv6 as in RFC 5952. */
  readonly srcAddress: string;
  /** Port of the originator; 0 where the protocol has none. 0..65_535. */
  readonly srcPort: number;
  /** Address of the responder: IPv4 dotted quad, or IPv6 as in RFC 5952. */
  readonly dstAddress: string;
  /** Port of the responder; 0 where the protocol has none. 0..65_535. */
  readonly dstPort: number;
  /** IANA protocol number. 0..255. */
  readonly protocol: number;
  /** Earliest packet, since the epoch. Nanoseconds. */
  readonly firstSeenNs: bigint;
  /** Latest packet, since the epoch. Nanoseconds. */
  readonly lastSeenNs: bigint;
  /** Packets from the originator. */
  readonly packetsForward: number;
  /** Packets from the responder. */
  readonly packetsReverse: number;
  /** Sum of the IP lengths of packets from the originator, headers included. */
  readonly bytesForward: number;
  /** Sum of the IP lengths of packets from the responder, headers included. */
  readonly bytesReverse: number;
  /** Sum of the frame lengths on the wire from the originator, link headers and padding included. */
  readonly wireBytesForward: number;
  /** Sum of the frame lengths on the wire from the responder, link headers and padding included. */
  readonly wireBytesReverse: number;
  /** Bytes from the originator that lie behind the transport header. */
  readonly payloadBytesForward: number;
  /** Bytes from the responder that lie behind the transport header. */
  readonly payloadBytesReverse: number;
  /**
   * All TCP flags seen from the originator, or-ed: the 12 bits between data offset and window (RFC 9293 §3.1).
   * 0..4_095. `null` when the flow is not TCP.
   */
  readonly tcpFlagsForward: number | null;
  /**
   * All TCP flags seen from the responder, or-ed: the 12 bits between data offset and window (RFC 9293 §3.1). 0..4_095.
   * `null` when the flow is not TCP.
   */
  readonly tcpFlagsReverse: number | null;
  /** Why the flow ended. */
  readonly endReason: EndReason;
  /**
   * ICMP type of the first packet; null as well when the flow is not ICMP (RFC 792, RFC 4443). 0..255. `null` when it
   * is not known.
   */
  readonly icmpType: number | null;
  /**
   * ICMP code of the first packet; null as well when the flow is not ICMP (RFC 792, RFC 4443). 0..255. `null` when it
   * is not known.
   */
  readonly icmpCode: number | null;
  readonly tcp?: {
    readonly forward: {
      /** Flags of the first segment. 0..4_095. `null` when it is not known. */
      readonly flagsFirst: number | null;
      /** Segments with FIN. 0..4_294_967_295. */
      readonly finCount: number;
      /** Segments with SYN. 0..4_294_967_295. */
      readonly synCount: number;
      /** Segments with RST. 0..4_294_967_295. */
      readonly rstCount: number;
      /** Segments with PSH. 0..4_294_967_295. */
      readonly pshCount: number;
      /** Segments with ACK. 0..4_294_967_295. */
      readonly ackCount: number;
      /** Segments with URG. 0..4_294_967_295. */
      readonly urgCount: number;
      /** Segments with ECE. 0..4_294_967_295. */
      readonly eceCount: number;
      /** Segments with CWR. 0..4_294_967_295. */
      readonly cwrCount: number;
      /** Segments with AE. 0..4_294_967_295. */
      readonly aeCount: number;
      /** Sequence number of the first SYN. 0..4_294_967_295. `null` when it is not known. */
      readonly isn: number | null;
      /** Window of the first segment. 0..65_535. `null` when it is not known. */
      readonly windowFirst: number | null;
      /** Least window. 0..65_535. `null` when it is not known. */
      readonly windowMin: number | null;
      /** Greatest window. 0..65_535. `null` when it is not known. */
      readonly windowMax: number | null;
      /**
       * Window scale of the first SYN as it was sent (RFC 7323); null as well when the option was not there. 0..255.
       * `null` when it is not known.
       */
      readonly windowScale: number | null;
      /**
       * Maximum segment size of the first SYN; null as well when the option was not there. 0..65_535. `null` when it is
       * not known.
       */
      readonly mss: number | null;
      /** The first SYN permits selective acknowledgement (RFC 2018). `null` when it is not known. */
      readonly sackPermitted: boolean | null;
      /** The first SYN has time stamps (RFC 7323). `null` when it is not known. */
      readonly timestamps: boolean | null;
      /** Segments with selective acknowledgements (RFC 2018). 0..4_294_967_295. */
      readonly sackBlocks: number;
      /** TSval of the first segment with time stamps (RFC 7323). 0..4_294_967_295. `null` when it is not known. */
      readonly tsFirst: number | null;
      /** TSval of the last segment with time stamps (RFC 7323). 0..4_294_967_295. `null` when it is not known. */
      readonly tsLast: number | null;
      /** Segments with bytes that were seen before, and none that fill a hole. 0..4_294_967_295. */
      readonly retransmittedPackets: number;
      /** Bytes that were seen before. */
      readonly retransmittedBytes: number;
      /** Segments that fill a hole, or a part of one. 0..4_294_967_295. */
      readonly outOfOrderPackets: number;
      /** Holes: sequence numbers that were passed over. 0..4_294_967_295. */
      readonly gaps: number;
      /** Bytes of holes that were not filled. */
      readonly missingBytes: number;
      /** More than 4 holes were open: the lowest were given up, and what fills them counts as retransmitted. */
      readonly holesLost: boolean;
      /** Keep-alive segments (RFC 9293 §3.8.4): at most one byte, the last one again. 0..4_294_967_295. */
      readonly keepAlives: number;
      /** Segments without SYN, FIN and RST whose window is 0. 0..4_294_967_295. */
      readonly zeroWindows: number;
      /** Duplicate acknowledgements (RFC 5681 §2). 0..4_294_967_295. */
      readonly duplicateAcks: number;
      /** Times that the sequence numbers passed 2^32. 0..4_294_967_295. */
      readonly sequenceWraps: number;
      readonly rtt: {
        /** Measured times from a segment to its acknowledgement, one at a time (RFC 6298 §3). 0..4_294_967_295. */
        readonly n: number;
        /**
         * Least of these times: between the point of capture and the receiver, and back. `null` when it is not known.
         */
        readonly min: number | null;
        /** Mean of these times. `null` when it is not known. */
        readonly mean: number | null;
        /** Standard deviation of these times (of the sample: n-1); 0 for one. `null` when it is not known. */
        readonly sd: number | null;
        /** Greatest of these times. `null` when it is not known. */
        readonly max: number | null;
      };
    };
    readonly reverse: {
      /** Flags of the first segment. 0..4_095. `null` when it is not known. */
      readonly flagsFirst: number | null;
      /** Segments with FIN. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly finCount: number | null;
      /** Segments with SYN. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly synCount: number | null;
      /** Segments with RST. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly rstCount: number | null;
      /** Segments with PSH. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly pshCount: number | null;
      /** Segments with ACK. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly ackCount: number | null;
      /** Segments with URG. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly urgCount: number | null;
      /** Segments with ECE. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly eceCount: number | null;
      /** Segments with CWR. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly cwrCount: number | null;
      /** Segments with AE. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly aeCount: number | null;
      /** Sequence number of the first SYN. 0..4_294_967_295. `null` when it is not known. */
      readonly isn: number | null;
      /** Window of the first segment. 0..65_535. `null` when it is not known. */
      readonly windowFirst: number | null;
      /** Least window. 0..65_535. `null` when it is not known. */
      readonly windowMin: number | null;
      /** Greatest window. 0..65_535. `null` when it is not known. */
      readonly windowMax: number | null;
      /**
       * Window scale of the first SYN as it was sent (RFC 7323); null as well when the option was not there. 0..255.
       * `null` when it is not known.
       */
      readonly windowScale: number | null;
      /**
       * Maximum segment size of the first SYN; null as well when the option was not there. 0..65_535. `null` when it is
       * not known.
       */
      readonly mss: number | null;
      /** The first SYN permits selective acknowledgement (RFC 2018). `null` when it is not known. */
      readonly sackPermitted: boolean | null;
      /** The first SYN has time stamps (RFC 7323). `null` when it is not known. */
      readonly timestamps: boolean | null;
      /** Segments with selective acknowledgements (RFC 2018). 0..4_294_967_295. `null` in a flow of one direction. */
      readonly sackBlocks: number | null;
      /** TSval of the first segment with time stamps (RFC 7323). 0..4_294_967_295. `null` when it is not known. */
      readonly tsFirst: number | null;
      /** TSval of the last segment with time stamps (RFC 7323). 0..4_294_967_295. `null` when it is not known. */
      readonly tsLast: number | null;
      /**
       * Segments with bytes that were seen before, and none that fill a hole. 0..4_294_967_295. `null` in a flow of one
       * direction.
       */
      readonly retransmittedPackets: number | null;
      /** Bytes that were seen before. `null` in a flow of one direction. */
      readonly retransmittedBytes: number | null;
      /** Segments that fill a hole, or a part of one. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly outOfOrderPackets: number | null;
      /** Holes: sequence numbers that were passed over. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly gaps: number | null;
      /** Bytes of holes that were not filled. `null` in a flow of one direction. */
      readonly missingBytes: number | null;
      /**
       * More than 4 holes were open: the lowest were given up, and what fills them counts as retransmitted. `null` in a
       * flow of one direction.
       */
      readonly holesLost: boolean | null;
      /**
       * Keep-alive segments (RFC 9293 §3.8.4): at most one byte, the last one again. 0..4_294_967_295. `null` in a flow
       * of one direction.
       */
      readonly keepAlives: number | null;
      /** Segments without SYN, FIN and RST whose window is 0. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly zeroWindows: number | null;
      /** Duplicate acknowledgements (RFC 5681 §2). 0..4_294_967_295. `null` in a flow of one direction. */
      readonly duplicateAcks: number | null;
      /** Times that the sequence numbers passed 2^32. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly sequenceWraps: number | null;
      readonly rtt: {
        /**
         * Measured times from a segment to its acknowledgement, one at a time (RFC 6298 §3). 0..4_294_967_295. `null`
         * in a flow of one direction.
         */
        readonly n: number | null;
        /**
         * Least of these times: between the point of capture and the receiver, and back. `null` when it is not known.
         */
        readonly min: number | null;
        /** Mean of these times. `null` when it is not known. */
        readonly mean: number | null;
        /** Standard deviation of these times (of the sample: n-1); 0 for one. `null` when it is not known. */
        readonly sd: number | null;
        /** Greatest of these times. `null` when it is not known. */
        readonly max: number | null;
      };
    };
    /** Explicit congestion notification (RFC 3168), accurate or not (RFC 9768). */
    readonly ecn: 'none' | 'offered' | 'accepted';
    /** From the last bare SYN to its SYN+ACK. `null` when it is not known. */
    readonly rttSynAck: number | null;
    /** From the SYN+ACK to its acknowledgement. `null` when it is not known. */
    readonly rttAck: number | null;
    /** Sum of `rttSynAck` and `rttAck`. `null` when it is not known. */
    readonly rttHandshake: number | null;
    /** A bare SYN came more than once: `rttSynAck` may be that of another one. */
    readonly handshakeRepeated: boolean;
  } | null;
  /**
   * Community ID v1: `1:` and the Base64 of a SHA-1 over seed, addresses, protocol and ports. `null` when it is not
   * known.
   */
  readonly communityId?: string | null;
  readonly stats?: {
    readonly forward: {
      readonly ipBytes: {
        /**
         * Least IP length of a packet, headers included. 0..4_294_967_295. `null` without a packet from the originator.
         */
        readonly min: number | null;
        /** Mean IP length of a packet, headers included. `null` without a packet from the originator. */
        readonly mean: number | null;
        /**
         * Standard deviation (of the sample: n-1) of the IP length of a packet, headers included; 0 for one. `null`
         * when it is not known.
         */
        readonly sd: number | null;
        /**
         * Greatest IP length of a packet, headers included. 0..4_294_967_295. `null` without a packet from the
         * originator.
         */
        readonly max: number | null;
      };
      readonly payload: {
        /**
         * Least number of bytes of a packet behind the transport header. 0..4_294_967_295. `null` without a packet from
         * the originator.
         */
        readonly min: number | null;
        /**
         * Mean number of bytes of a packet behind the transport header. `null` without a packet from the originator.
         */
        readonly mean: number | null;
        /**
         * Standard deviation (of the sample: n-1) of the number of bytes of a packet behind the transport header; 0 for
         * one. `null` when it is not known.
         */
        readonly sd: number | null;
        /**
         * Greatest number of bytes of a packet behind the transport header. 0..4_294_967_295. `null` without a packet
         * from the originator.
         */
        readonly max: number | null;
      };
      readonly gap: {
        /** Least time from a packet to the next one. `null` when it is not known. */
        readonly min: number | null;
        /** Mean time from a packet to the next one. `null` when it is not known. */
        readonly mean: number | null;
        /**
         * Standard deviation (of the sample: n-1) of the time from a packet to the next one; 0 for one. `null` when it
         * is not known.
         */
        readonly sd: number | null;
        /** Greatest time from a packet to the next one. `null` when it is not known. */
        readonly max: number | null;
      };
    };
    readonly reverse: {
      readonly ipBytes: {
        /**
         * Least IP length of a packet, headers included. 0..4_294_967_295. `null` without a packet from the responder.
         */
        readonly min: number | null;
        /** Mean IP length of a packet, headers included. `null` without a packet from the responder. */
        readonly mean: number | null;
        /**
         * Standard deviation (of the sample: n-1) of the IP length of a packet, headers included; 0 for one. `null`
         * when it is not known.
         */
        readonly sd: number | null;
        /**
         * Greatest IP length of a packet, headers included. 0..4_294_967_295. `null` without a packet from the
         * responder.
         */
        readonly max: number | null;
      };
      readonly payload: {
        /**
         * Least number of bytes of a packet behind the transport header. 0..4_294_967_295. `null` without a packet from
         * the responder.
         */
        readonly min: number | null;
        /** Mean number of bytes of a packet behind the transport header. `null` without a packet from the responder. */
        readonly mean: number | null;
        /**
         * Standard deviation (of the sample: n-1) of the number of bytes of a packet behind the transport header; 0 for
         * one. `null` when it is not known.
         */
        readonly sd: number | null;
        /**
         * Greatest number of bytes of a packet behind the transport header. 0..4_294_967_295. `null` without a packet
         * from the responder.
         */
        readonly max: number | null;
      };
      readonly gap: {
        /** Least time from a packet to the next one. `null` when it is not known. */
        readonly min: number | null;
        /** Mean time from a packet to the next one. `null` when it is not known. */
        readonly mean: number | null;
        /**
         * Standard deviation (of the sample: n-1) of the time from a packet to the next one; 0 for one. `null` when it
         * is not known.
         */
        readonly sd: number | null;
        /** Greatest time from a packet to the next one. `null` when it is not known. */
        readonly max: number | null;
      };
    };
    readonly both: {
      readonly ipBytes: {
        /**
         * Least IP length of a packet, headers included. 0..4_294_967_295. `null` without a packet, as a flow has been
         * whose only packets were damaged (preset `zeek`).
         */
        readonly min: number | null;
        /**
         * Mean IP length of a packet, headers included. `null` without a packet, as a flow has been whose only packets
         * were damaged (preset `zeek`).
         */
        readonly mean: number | null;
        /**
         * Standard deviation (of the sample: n-1) of the IP length of a packet, headers included; 0 for one. `null`
         * when it is not known.
         */
        readonly sd: number | null;
        /**
         * Greatest IP length of a packet, headers included. 0..4_294_967_295. `null` without a packet, as a flow has
         * been whose only packets were damaged (preset `zeek`).
         */
        readonly max: number | null;
      };
      readonly payload: {
        /**
         * Least number of bytes of a packet behind the transport header. 0..4_294_967_295. `null` without a packet, as
         * a flow has been whose only packets were damaged (preset `zeek`).
         */
        readonly min: number | null;
        /**
         * Mean number of bytes of a packet behind the transport header. `null` without a packet, as a flow has been
         * whose only packets were damaged (preset `zeek`).
         */
        readonly mean: number | null;
        /**
         * Standard deviation (of the sample: n-1) of the number of bytes of a packet behind the transport header; 0 for
         * one. `null` when it is not known.
         */
        readonly sd: number | null;
        /**
         * Greatest number of bytes of a packet behind the transport header. 0..4_294_967_295. `null` without a packet,
         * as a flow has been whose only packets were damaged (preset `zeek`).
         */
        readonly max: number | null;
      };
      readonly gap: {
        /** Least time from a packet to the next one. `null` when it is not known. */
        readonly min: number | null;
        /** Mean time from a packet to the next one. `null` when it is not known. */
        readonly mean: number | null;
        /**
         * Standard deviation (of the sample: n-1) of the time from a packet to the next one; 0 for one. `null` when it
         * is not known.
         */
        readonly sd: number | null;
        /** Greatest time from a packet to the next one. `null` when it is not known. */
        readonly max: number | null;
      };
    };
    /**
     * IP bytes of both directions by the time from the first to the last packet; null when that is 0. `null` when it is
     * not known.
     */
    readonly bytesPerSecond: number | null;
    /**
     * Packets of both directions by the time from the first to the last packet; null when that is 0. `null` when it is
     * not known.
     */
    readonly packetsPerSecond: number | null;
    /** Packets that are earlier than one before them: the gap in front of them counts as 0. 0..4_294_967_295. */
    readonly clockBack: number;
    /** The squares of the sizes of a direction add up to 2^64 or more: its deviations are not known. */
    readonly sizeOverflow: boolean;
  };
  readonly zeek?: {
    /** Name of the connection: `C` and 17 digits of a hash of its key and its first time. Not the one Zeek gives. */
    readonly uid: string;
    /** The flow's source is Zeek's originator; else its destination is. Always true with the preset `zeek`. */
    readonly srcIsOriginator: boolean;
    /**
     * From the first packet to the last one that counts; null: 0. Packets behind the end of TCP do not count.
     * Nanoseconds. `null` when it is not known.
     */
    readonly durationNs: bigint | null;
    /**
     * Payload of the originator; of TCP by its sequence numbers. Null when the duration is. `null` when it is not
     * known.
     */
    readonly origBytes: number | null;
    /**
     * Payload of the responder; of TCP by its sequence numbers. Null when the duration is. `null` when it is not known.
     */
    readonly respBytes: number | null;
    /** What became of the connection. */
    readonly connState:
      | 'OTH'
      | 'S0'
      | 'S1'
      | 'S2'
      | 'S3'
      | 'SF'
      | 'SH'
      | 'SHR'
      | 'REJ'
      | 'RSTO'
      | 'RSTR'
      | 'RSTOS0'
      | 'RSTRH';
    /** The originator is in a local network (`--local-nets`); null: none is given. `null` when it is not known. */
    readonly localOrig: boolean | null;
    /** The responder is in a local network (`--local-nets`); null: none is given. `null` when it is not known. */
    readonly localResp: boolean | null;
    /** TCP: bytes that were acknowledged but not captured, of connections that are whole otherwise. */
    readonly missedBytes: number;
    /** More than 8 blocks lay above a gap: the lowest gaps were forgotten, and are not in `missedBytes`. */
    readonly gapsLost: boolean;
    /**
     * A letter for each thing that happened, in capitals by the originator (docs/zeek.md); null: nothing did. `null`
     * when it is not known.
     */
    readonly history: string | null;
  };
  /**
   * First packets in order of arrival: `dir` (0 originator, 1 responder), `ipBytes` and `payload` (65535: that or
   * more), `gap` since the latest packet before (ns, whole microseconds), TCP `flags` (null when not TCP or cut).
   */
  readonly firstPackets?: readonly FirstPacket[];
  /**
   * First payload bytes from the originator in order of arrival, Base64 (RFC 4648 §4). `null` without a packet from the
   * originator.
   */
  readonly payloadForward?: string | null;
  /**
   * First payload bytes from the responder in order of arrival, Base64 (RFC 4648 §4). `null` without a packet from the
   * responder.
   */
  readonly payloadReverse?: string | null;
  /**
   * The bytes of `payloadForward` end early, where some were not captured. `null` without a packet from the originator.
   */
  readonly payloadCutForward?: boolean | null;
  /**
   * The bytes of `payloadReverse` end early, where some were not captured. `null` without a packet from the responder.
   */
  readonly payloadCutReverse?: boolean | null;
  /**
   * The bytes of `payloadForward` end early, where later TCP bytes came first. `null` without a packet from the
   * originator.
   */
  readonly payloadGapForward?: boolean | null;
  /**
   * The bytes of `payloadReverse` end early, where later TCP bytes came first. `null` without a packet from the
   * responder.
   */
  readonly payloadGapReverse?: boolean | null;
  /**
   * Shannon entropy of the first 65,535 captured payload bytes from the originator; null without any. `null` when it is
   * not known.
   */
  readonly entropyForward?: number | null;
  /**
   * Shannon entropy of the first 65,535 captured payload bytes from the responder; null without any. `null` when it is
   * not known.
   */
  readonly entropyReverse?: number | null;
  readonly link?: {
    readonly forward: {
      /** Time to live or hop limit of the first packet. 0..255. `null` when it is not known. */
      readonly ttlFirst: number | null;
      /** Least time to live or hop limit. 0..255. `null` when it is not known. */
      readonly ttlMin: number | null;
      /** Greatest time to live or hop limit. 0..255. `null` when it is not known. */
      readonly ttlMax: number | null;
      /** Type of service or traffic class of the first packet: DSCP and ECN. 0..255. `null` when it is not known. */
      readonly tosFirst: number | null;
      /** Type of service or traffic class of the last packet to come. 0..255. `null` when it is not known. */
      readonly tosLast: number | null;
      /** A packet had another DSCP than the first one. `null` when it is not known. */
      readonly dscpChanged: boolean | null;
      /** Packets with ECN "congestion experienced" (RFC 3168). 0..4_294_967_295. */
      readonly ecnCe: number;
      /** IPv4 packets with DF, which forbids fragments; IPv6 has no such flag. 0..4_294_967_295. */
      readonly dfPackets: number;
      /**
       * Flow label of the first packet (RFC 6437), 0 as well; null for IPv4. 0..1_048_575. `null` when it is not known.
       */
      readonly flowLabel: number | null;
      /** Packets with IPv4 options, or with an extension header (RFC 8200 §4, AH). 0..4_294_967_295. */
      readonly ipOptions: number;
      /** Packets that are fragments. 0..4_294_967_295. */
      readonly fragments: number;
    };
    readonly reverse: {
      /** Time to live or hop limit of the first packet. 0..255. `null` when it is not known. */
      readonly ttlFirst: number | null;
      /** Least time to live or hop limit. 0..255. `null` when it is not known. */
      readonly ttlMin: number | null;
      /** Greatest time to live or hop limit. 0..255. `null` when it is not known. */
      readonly ttlMax: number | null;
      /** Type of service or traffic class of the first packet: DSCP and ECN. 0..255. `null` when it is not known. */
      readonly tosFirst: number | null;
      /** Type of service or traffic class of the last packet to come. 0..255. `null` when it is not known. */
      readonly tosLast: number | null;
      /** A packet had another DSCP than the first one. `null` when it is not known. */
      readonly dscpChanged: boolean | null;
      /** Packets with ECN "congestion experienced" (RFC 3168). 0..4_294_967_295. `null` in a flow of one direction. */
      readonly ecnCe: number | null;
      /**
       * IPv4 packets with DF, which forbids fragments; IPv6 has no such flag. 0..4_294_967_295. `null` in a flow of one
       * direction.
       */
      readonly dfPackets: number | null;
      /**
       * Flow label of the first packet (RFC 6437), 0 as well; null for IPv4. 0..1_048_575. `null` when it is not known.
       */
      readonly flowLabel: number | null;
      /**
       * Packets with IPv4 options, or with an extension header (RFC 8200 §4, AH). 0..4_294_967_295. `null` in a flow of
       * one direction.
       */
      readonly ipOptions: number | null;
      /** Packets that are fragments. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly fragments: number | null;
    };
    /** MAC address that the originator's first packet came from. `null` when it is not known. */
    readonly srcMac: string | null;
    /** MAC address that the originator's first packet went to. `null` when it is not known. */
    readonly dstMac: string | null;
    /** VLAN IDs of the flow's first packet, outermost first, at most 3. 0..4_095. */
    readonly vlans: readonly number[];
    /** VLAN tags of that packet, all of them. 0..255. */
    readonly vlanCount: number;
    /** MPLS labels of the flow's first packet, outermost first, at most 4. 0..1_048_575. */
    readonly mpls: readonly number[];
    /** MPLS labels of that packet, all of them. 0..255. */
    readonly mplsCount: number;
    /** A packet had other VLANs than the flow's first one. */
    readonly vlanChanged: boolean;
    /** A packet had other MAC addresses than the first one of its direction. */
    readonly macChanged: boolean;
    /** A packet was in another tunnel than the first one of its direction; ports do not count. */
    readonly tunnelChanged: boolean;
    readonly tunnel: {
      /**
       * The innermost tunnel that the flow's first packet was in; null without one, and without `--decapsulate`. `null`
       * when it is not known.
       */
      readonly kind:
        | 'ipip'
        | '6in4'
        | '4in6'
        | '6in6'
        | 'gre'
        | 'erspan'
        | 'vxlan'
        | 'vxlan-gpe'
        | 'geneve'
        | 'gtpu'
        | 'teredo'
        | 'mpls'
        | 'etherip'
        | 'ethernet'
        | 'l2tp'
        | 'pim'
        | 'capwap'
        | 'ayiya'
        | null;
      /** Tunnels that it was in, one inside the other. 0..255. */
      readonly depth: number;
      /** Address from which that tunnel's packet came. `null` when it is not known. */
      readonly srcAddress: string | null;
      /** Its UDP port; null for a tunnel that is not in UDP. 0..65_535. `null` when it is not known. */
      readonly srcPort: number | null;
      /** Address to which that tunnel's packet went. `null` when it is not known. */
      readonly dstAddress: string | null;
      /** Its UDP port; null for a tunnel that is not in UDP. 0..65_535. `null` when it is not known. */
      readonly dstPort: number | null;
      /**
       * Its number: VNI, GTP-U's tunnel endpoint, GRE's key (of PPTP the call), session of ERSPAN or L2TP.
       * 0..4_294_967_295. `null` when it is not known.
       */
      readonly id: number | null;
    };
  };
  readonly activity?: {
    readonly forward: {
      readonly bulk: {
        /** Number of bulks. 0..4_294_967_295. */
        readonly n: number;
        /** Packets in bulks. 0..4_294_967_295. */
        readonly packets: number;
        /** Payload in bulks. */
        readonly bytes: number;
        /** What bulks lasted, all together. */
        readonly time: number;
        /** Payload in bulks by what they lasted; null when that is 0. `null` when it is not known. */
        readonly bytesPerSecond: number | null;
      };
      /** Packets with payload. 0..4_294_967_295. */
      readonly dataPackets: number;
      /** Sum of transport headers: TCP with its options, UDP, UDP-Lite; those of cut TCP headers are not known. */
      readonly headerBytes: number;
      /** Smallest transport header, as in `headerBytes`. 8..60. `null` when it is not known. */
      readonly headerMin: number | null;
      /** First TCP window that is not 0, as sent. 1..65_535. `null` when it is not known. */
      readonly window: number | null;
    };
    readonly reverse: {
      readonly bulk: {
        /** Number of bulks. 0..4_294_967_295. `null` in a flow of one direction. */
        readonly n: number | null;
        /** Packets in bulks. 0..4_294_967_295. `null` in a flow of one direction. */
        readonly packets: number | null;
        /** Payload in bulks. `null` in a flow of one direction. */
        readonly bytes: number | null;
        /** What bulks lasted, all together. `null` in a flow of one direction. */
        readonly time: number | null;
        /** Payload in bulks by what they lasted; null when that is 0. `null` when it is not known. */
        readonly bytesPerSecond: number | null;
      };
      /** Packets with payload. 0..4_294_967_295. `null` in a flow of one direction. */
      readonly dataPackets: number | null;
      /**
       * Sum of transport headers: TCP with its options, UDP, UDP-Lite; those of cut TCP headers are not known. `null`
       * in a flow of one direction.
       */
      readonly headerBytes: number | null;
      /** Smallest transport header, as in `headerBytes`. 8..60. `null` when it is not known. */
      readonly headerMin: number | null;
      /** First TCP window that is not 0, as sent. 1..65_535. `null` when it is not known. */
      readonly window: number | null;
    };
    readonly active: {
      /** Number of the active periods, each up to a silence or the end of the flow. 0..4_294_967_295. */
      readonly n: number;
      /** Shortest of the active periods, each up to a silence or the end of the flow. `null` when it is not known. */
      readonly min: number | null;
      /** Mean of the active periods, each up to a silence or the end of the flow. `null` when it is not known. */
      readonly mean: number | null;
      /**
       * Standard deviation (of the sample: n-1; 0 for one) of the active periods, each up to a silence or the end of
       * the flow. `null` when it is not known.
       */
      readonly sd: number | null;
      /** Longest of the active periods, each up to a silence or the end of the flow. `null` when it is not known. */
      readonly max: number | null;
    };
    readonly idle: {
      /** Number of the idle periods: silences of more than the threshold. 0..4_294_967_295. */
      readonly n: number;
      /** Shortest of the idle periods: silences of more than the threshold. `null` when it is not known. */
      readonly min: number | null;
      /** Mean of the idle periods: silences of more than the threshold. `null` when it is not known. */
      readonly mean: number | null;
      /**
       * Standard deviation (of the sample: n-1; 0 for one) of the idle periods: silences of more than the threshold.
       * `null` when it is not known.
       */
      readonly sd: number | null;
      /** Longest of the idle periods: silences of more than the threshold. `null` when it is not known. */
      readonly max: number | null;
    };
    /**
     * Gaps of more than a second between packets of either direction, which divide a flow into subflows.
     * 0..4_294_967_295.
     */
    readonly subflows: number;
  };
  /** Number of the record among those of its flow, from 0 on. 0..4_294_967_295. */
  readonly sequence?: number;
  /** The flow has ended; else it continues, and a later record will have its totals. */
  readonly final?: boolean;
}

type CoreKey =
  | 'srcAddress'
  | 'srcPort'
  | 'dstAddress'
  | 'dstPort'
  | 'protocol'
  | 'firstSeenNs'
  | 'lastSeenNs'
  | 'packetsForward'
  | 'packetsReverse'
  | 'bytesForward'
  | 'bytesReverse'
  | 'wireBytesForward'
  | 'wireBytesReverse'
  | 'payloadBytesForward'
  | 'payloadBytesReverse'
  | 'tcpFlagsForward'
  | 'tcpFlagsReverse'
  | 'endReason'
  | 'icmpType'
  | 'icmpCode';

/**
 * Makes records of the core fields.
 * @param readers by key: each gives its value of the row at `row`
 */
export function coreRecord<Views>(
  readers: Readonly<Record<CoreKey, (views: Views, row: number) => unknown>>,
): (views: Views, row: number) => FlowObject {
  const {
    srcAddress,
    srcPort,
    dstAddress,
    dstPort,
    protocol,
    firstSeenNs,
    lastSeenNs,
    packetsForward,
    packetsReverse,
    bytesForward,
    bytesReverse,
    wireBytesForward,
    wireBytesReverse,
    payloadBytesForward,
    payloadBytesReverse,
    tcpFlagsForward,
    tcpFlagsReverse,
    endReason,
    icmpType,
    icmpCode,
  } = readers;
  // A class with all members is made as fast as a literal; a literal with a prototype takes ten times as long.
  const Core = class Flow extends FlowObject {
    readonly srcAddress: unknown;
    readonly srcPort: unknown;
    readonly dstAddress: unknown;
    readonly dstPort: unknown;
    readonly protocol: unknown;
    readonly firstSeenNs: unknown;
    readonly lastSeenNs: unknown;
    readonly packetsForward: unknown;
    readonly packetsReverse: unknown;
    readonly bytesForward: unknown;
    readonly bytesReverse: unknown;
    readonly wireBytesForward: unknown;
    readonly wireBytesReverse: unknown;
    readonly payloadBytesForward: unknown;
    readonly payloadBytesReverse: unknown;
    readonly tcpFlagsForward: unknown;
    readonly tcpFlagsReverse: unknown;
    readonly endReason: unknown;
    readonly icmpType: unknown;
    readonly icmpCode: unknown;

    constructor(views: Views, row: number) {
      super();
      this.srcAddress = srcAddress(views, row);
      this.srcPort = srcPort(views, row);
      this.dstAddress = dstAddress(views, row);
      this.dstPort = dstPort(views, row);
      this.protocol = protocol(views, row);
      this.firstSeenNs = firstSeenNs(views, row);
      this.lastSeenNs = lastSeenNs(views, row);
      this.packetsForward = packetsForward(views, row);
      this.packetsReverse = packetsReverse(views, row);
      this.bytesForward = bytesForward(views, row);
      this.bytesReverse = bytesReverse(views, row);
      this.wireBytesForward = wireBytesForward(views, row);
      this.wireBytesReverse = wireBytesReverse(views, row);
      this.payloadBytesForward = payloadBytesForward(views, row);
      this.payloadBytesReverse = payloadBytesReverse(views, row);
      this.tcpFlagsForward = tcpFlagsForward(views, row);
      this.tcpFlagsReverse = tcpFlagsReverse(views, row);
      this.endReason = endReason(views, row);
      this.icmpType = icmpType(views, row);
      this.icmpCode = icmpCode(views, row);
    }
  };
  return (views, row) => new Core(views, row);
}
