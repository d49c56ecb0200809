import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isoImage, qcow2WithBackingFile, rawDisk } from '@zhiyun/sim-world';
import { expect, it } from 'vitest';
import { describeInBrowser, expectVisible, passing } from './stage.ts';

const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/octet-stream', buffer });

describeInBrowser('images', { instances: 20 }, (stage) => {
  it('are uploaded, checked and ready, named after the file', async () => {
    const page = await stage.open();
    await page.goto('/images');
    await page.getByRole('button', { name: '添加镜像' }).click();
    const form = page.getByRole('dialog', { name: '添加镜像' });
    await form.getByLabel('镜像文件').setInputFiles(file('tiny (1).iso', isoImage()));
    await expect.poll(() => form.getByRole('textbox', { name: '名称' }).inputValue()).toBe('tiny-1');
    await form.getByRole('button', { name: '开始上传' }).click();
    await expectVisible(page.getByText('“tiny-1”上传完成，正在校验'));
    await expectVisible(page.getByRole('row', { name: /tiny-1/ }).getByText('可用'));
  });

  it('say why they were refused', async () => {
    const page = await stage.open();
    await page.goto('/images?add=upload');
    await page.getByLabel('镜像文件').setInputFiles(file('image-refused.qcow2', qcow2WithBackingFile('/etc/passwd')));
    await page.getByRole('button', { name: '开始上传' }).click();
    await expectVisible(page.getByRole('row', { name: /image-refused/ }).getByText('镜像未通过安全检查'));
  });

  it('go on where an earlier page stopped, with the same file only', async () => {
    const page = await stage.open();
    const { request } = page.context();
    const disk = rawDisk(307_200);
    const draft = { name: 'cut-1', kind: 'disk', sizeBytes: disk.length };
    const created = await request.post('/api/v1/images', { data: draft });
    const { uploadUrl } = (await created.json()) as { uploadUrl: string };
    const half = await request.patch(uploadUrl, {
      headers: { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream', 'tus-resumable': '1.0.0' },
      data: disk.subarray(0, 153_600),
    });
    expect(half.status()).toBe(204);
    await page.goto('/images');
    const row = page.getByRole('row', { name: /cut-1/ });
    await expectVisible(row.getByText('50%'));
    const input = row.locator('input[type=file]');
    await input.setInputFiles(file('other.qcow2', Buffer.alloc(123)));
    await expectVisible(page.getByText(/文件大小不一致/));
    const offsets: string[] = [];
    page.on('request', (sent) => {
      if (sent.method() === 'PATCH') offsets.push(sent.headers()['upload-offset'] ?? '');
    });
    await input.setInputFiles(file('cut.qcow2', disk));
    await expectVisible(row.getByText('可用'));
    expect(offsets).toEqual(['153600']);
  });

  it('that another tab uploads are not said to be interrupted', async () => {
    const page = await stage.open();
    await page.goto('/images?add=upload');
    // The bytes are kept waiting, so that there is time to look.
    const { promise: looked, resolve: goOn } = Promise.withResolvers<void>();
    await page.route('**/content', async (route) => {
      if (route.request().method() === 'PATCH') await looked;
      await route.continue();
    });
    await page.getByLabel('镜像文件').setInputFiles(file('two-tabs.img', rawDisk(409_600)));
    await page.getByRole('button', { name: '开始上传' }).click();
    await expectVisible(page.getByRole('row', { name: /two-tabs/ }));
    const other = await page.context().newPage();
    await other.goto('/images');
    await expectVisible(other.getByRole('row', { name: /two-tabs/ }).getByText('正在另一个标签页中上传'));
    expect(
      await other
        .getByRole('row', { name: /two-tabs/ })
        .getByText('上传已中断')
        .count(),
    ).toBe(0);
    goOn();
    await expectVisible(other.getByRole('row', { name: /two-tabs/ }).getByText('可用'));
  });

  it('are imported from the server by administrators only', async () => {
    const page = await stage.open();
    await page.goto('/images?add=upload');
    const found = join(stage.world.directory, 'found.iso');
    await writeFile(found, isoImage());
    await page.getByText('从服务器导入').click();
    await page.getByLabel('服务器上的文件路径').fill('/srv/images/missing.iso');
    await page.getByRole('button', { name: '开始导入' }).click();
    await expectVisible(page.getByText('导入镜像失败'));
    await page.getByRole('link', { name: '查看操作详情' }).click();
    await expectVisible(page.getByText('无法导入 /srv/images/missing.iso：存储服务器上没有这个文件。'));
    await page.goto('/images?add=upload');
    await page.getByText('从服务器导入').click();
    await page.getByLabel('服务器上的文件路径').fill(found);
    await page.getByRole('textbox', { name: '名称' }).fill('found');
    await page.getByRole('button', { name: '开始导入' }).click();
    await expectVisible(page.getByText('导入镜像成功'));
    const operator = await stage.open({ username: 'operator' });
    await operator.goto('/images?add=upload');
    await expectVisible(operator.getByText('镜像文件'));
    expect(await operator.getByText('从服务器导入').isVisible()).toBe(false);
  });

  it('are moved to another Storage Server, with progress, and not to where they are', async () => {
    const page = await stage.open();
    const image = await stage.world.admin.getImage({ params: { id: 'openEuler-24.03-LTS' } });
    const here = image.storageServer?.name ?? '';
    const there = here === 'node-1' ? 'node-2' : 'node-1';
    await page.goto('/images');
    const open = () => page.getByRole('button', { name: 'openEuler-24.03-LTS 的更多操作' }).click();
    await open();
    await page.getByRole('menuitem', { name: '移动到其他存储服务器' }).click();
    const dialog = page.getByRole('dialog', { name: '移动镜像“openEuler-24.03-LTS”' });
    await dialog.getByLabel('移动到').click();
    await expectVisible(page.locator('.ant-select-item-option-disabled', { hasText: new RegExp(`${here}.*当前所在`) }));
    await page.locator('.ant-select-item-option', { hasText: there }).click();
    const row = page.getByRole('row', { name: /openEuler/ });
    await passing(stage, async () => {
      await dialog.getByRole('button', { name: '移动' }).click();
      await expectVisible(row.getByRole('progressbar', { name: /openEuler/ }));
      await open();
      await expectVisible(page.getByRole('menuitem', { name: /移动.*另一个操作正在处理它/ }));
      await page.keyboard.press('Escape');
    });
    await expectVisible(page.getByText('移动镜像成功'));
    await row.getByRole('button', { name: '展开行' }).click();
    await expectVisible(page.getByText(there, { exact: true }));
  });

  it('say why they cannot be moved', async () => {
    const page = await stage.open();
    const { storageServer } = await stage.world.admin.getImage({ params: { id: 'debian-13-cloud' } });
    const other = storageServer?.name === 'node-1' ? 'node-2' : 'node-1';
    await stage.world.leave(other, 'storage-server');
    try {
      await page.goto('/images');
      await page.getByRole('button', { name: 'debian-13-cloud 的更多操作' }).click();
      await expectVisible(page.getByRole('menuitem', { name: /移动.*没有其他在线的存储服务器/ }));
    } finally {
      await stage.world.comeBack(other, 'storage-server');
    }
  });

  it('are not deleted while they are used', async () => {
    const page = await stage.open();
    await page.goto('/images');
    await page.getByRole('button', { name: 'debian-13-cloud 的更多操作' }).click();
    await expectVisible(page.getByRole('menuitem', { name: /删除.*台云主机正在使用它/ }));
  });
});
