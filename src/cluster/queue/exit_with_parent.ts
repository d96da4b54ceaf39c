/**
 * A child whose parent was killed would run on unseen: it ends as soon as the channel to the parent closes. Imported
 * before everything else of the child.
 */
process.on('disconnect', () => process.exit(1));
