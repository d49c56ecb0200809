# The guest of probe-accelerator.ts, kept there as bytes. Goes from the firmware's 16-bit mode to 64-bit mode with paging,
# counts to twenty million, says K on the first serial port and halts.
#   as --64 probe-guest.S -o probe-guest.o && ld -Ttext 0x7c00 --oformat binary probe-guest.o -o probe-guest.bin
.code16
.globl _start
_start:
	cli
	xor	%ax, %ax
	mov	%ax, %ds
	mov	%ax, %es
	mov	%ax, %ss
	mov	$0x1000, %di		# page tables at 0x1000, 0x2000, 0x3000: the first 2 MiB, as they are
	mov	$0x1800, %cx
	rep stosw
	movw	$0x2003, 0x1000
	movw	$0x3003, 0x2000
	movw	$0x0083, 0x3000
	lgdtl	gdt_register
	mov	$0x20, %eax		# CR4.PAE
	mov	%eax, %cr4
	mov	$0x1000, %eax
	mov	%eax, %cr3
	mov	$0xc0000080, %ecx	# EFER.LME
	rdmsr
	bts	$8, %eax
	wrmsr
	mov	%cr0, %eax
	or	$0x80000001, %eax	# CR0.PG, CR0.PE
	mov	%eax, %cr0
	ljmpl	$8, $long_mode
.code64
long_mode:
	mov	$20000000, %ecx
1:	dec	%ecx
	jnz	1b
	mov	$0x3f8, %dx
	mov	$'K', %al
	out	%al, %dx
2:	hlt
	jmp	2b
.align 8
gdt:	.quad	0, 0x00209a0000000000
gdt_register:
	.word	15
	.long	gdt
