# The guest of the hypervisor tests, kept in hypervisor-guests.ts as bytes. Says R (ready) on the first serial port and then
# gives back whatever is typed; the power button (ACPI) and ^D switch it off, ^F makes it flood the port, ^W makes it write
# to its disk and say W.
#   as --64 hypervisor-guests.S -o guest.o && ld -Ttext 0x7c00 --oformat binary guest.o -o guest.bin
.code16
.globl _start
_start:
	cli
	xor	%ax, %ax
	mov	%ax, %ds
	mov	%ax, %es
	mov	%ax, %ss
	mov	$0x7c00, %sp
	mov	$0x602, %dx		# ACPI PM1 enable: the power button
	mov	$0x100, %ax
	out	%ax, %dx
	mov	$'R', %al
say:
	mov	$0x3f8, %dx
	out	%al, %dx
listen:
	mov	$0x600, %dx		# ACPI PM1 status
	in	%dx, %ax
	test	$0x100, %ax
	jnz	off
	mov	$0x3fd, %dx		# line status: a byte has come
	in	%dx, %al
	test	$1, %al
	jz	listen
	mov	$0x3f8, %dx
	in	%dx, %al
	cmp	$4, %al			# ^D
	je	off
	cmp	$6, %al			# ^F
	je	flood
	cmp	$0x17, %al		# ^W
	jne	say
	mov	$0x0301, %ax		# the firmware writes one sector: the 20th of the first disk, from address 0x7c00
	mov	$20, %cx
	mov	$0x80, %dx
	mov	$0x7c00, %bx
	int	$0x13
	mov	$'W', %al
	jmp	say
flood:
	mov	$0x3f8, %dx
	out	%al, %dx
	jmp	flood
off:
	mov	$0x604, %dx		# ACPI PM1 control: sleep type 0 (S5), now
	mov	$0x2000, %ax
	out	%ax, %dx
	jmp	listen
