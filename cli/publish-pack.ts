import { parsePublishOptions, type PublishCommand } from './publish/options.ts';
import { publish } from './publish/publish.ts';
import { PublisherDevice } from './publish/publisher-device.ts';
import { PublisherKey } from './publish/publisher-key.ts';
import { readPack } from './publish/read-pack.ts';
import { runCommand } from './run-command.ts';

const USAGE = `Publishes a model pack: signs it and brings it to a server.

  npm run publish-pack -- --new-key FILE
      makes a key and prints its public half, which an admin registers at the desk (Models)
  npm run publish-pack -- --key FILE --endorse PUBLIC_KEY
      prints the endorsement by which devices that take your releases take another key's too
  npm run publish-pack -- DIR --server URL --key FILE [--code CODE]
      --code CODE      once on each machine: of the desk, with the role of a publisher
      --expires DATE   devices warn after it, and go on
      --stage PERCENT  gives it to so many devices at once; absent: the desk does
      --trust KEY      a colleague's public key, whose release this one may lead back to
      --release N      its number, for a server that was restored from a backup
      --device FILE    where this machine's own key lies (FILE.device.json beside --key)

A key's passphrase is read from LOUPE_KEY_PASSPHRASE.`;

await runCommand(USAGE, async (args) => {
  await run(parsePublishOptions(args), process.env['LOUPE_KEY_PASSPHRASE']);
  return 0;
});

async function run(command: PublishCommand, passphrase: string | undefined): Promise<void> {
  switch (command.kind) {
    case 'new-key': {
      const key = PublisherKey.make();
      await key.save(command.file, passphrase);
      console.log(`The key is in ${command.file}. Keep it to yourself; its public half is\n${key.publicKey}`);
      return;
    }
    case 'endorse': {
      const key = await PublisherKey.read(command.key, passphrase);
      console.log(`By ${key.publicKey}:\n${key.endorse(command.publicKey)}`);
      return;
    }
    case 'publish': {
      const [key, pack] = [await PublisherKey.read(command.key, passphrase), await readPack(command.folder)];
      const device = await PublisherDevice.open(command.device, command.server, command.code);
      const log = (line: string) => console.log(line);
      await publish(device, pack, { ...command, key, now: Date.now(), log });
    }
  }
}
