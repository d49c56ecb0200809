export function fieldOfPassword(path: string): string | undefined {
  return path === 'currentPassword' || path === 'newPassword' ? path : undefined;
}
